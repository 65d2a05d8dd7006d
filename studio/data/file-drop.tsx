import { useState } from "preact/hooks";

interface Props {
  readonly open: (file: File) => void;
  readonly disabled: boolean;
}

/** Where files are dropped or chosen: a table, or a model. */
export function FileDrop({ open, disabled }: Props) {
  const [over, setOver] = useState(false);
  return (
    <section
      class={over ? "drop over" : "drop"}
      aria-label="Open a file"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer?.files[0];
        if (file && !disabled) open(file);
      }}
    >
      <p>Drop a CSV or Parquet table here, or a model.safetensors of the command line.</p>
      <label class="button">
        Choose a file
        <input
          type="file"
          class="unseen"
          accept=".csv,.tsv,.txt,.parquet,.safetensors"
          disabled={disabled}
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            if (file) open(file);
            currentTarget.value = "";
          }}
        />
      </label>
    </section>
  );
}
