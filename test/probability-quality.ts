/** Share of right calls at ½, AUROC, and expected calibration error over ten bins. */
export function quality(p: readonly number[], truth: readonly boolean[]) {
  const order = [...p.keys()].sort((a, b) => p[a] - p[b]);
  let [positive, negative, inOrder] = [0, 0, 0];
  for (const k of order) {
    if (truth[k]) {
      positive++;
      inOrder += negative;
    } else negative++;
  }
  const bins = Array.from({ length: 10 }, () => 0);
  p.forEach((value, k) => {
    bins[Math.min(9, Math.floor(10 * value))] += value - Number(truth[k]);
  });
  return {
    accuracy: p.filter((value, k) => value > 0.5 === truth[k]).length / p.length,
    auroc: inOrder / (positive * negative),
    calibrationError: bins.reduce((sum, gap) => sum + Math.abs(gap), 0) / p.length,
  };
}
