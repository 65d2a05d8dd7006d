// The data of the coverage study. Latents are mixed by an orthogonal matrix and without noise in h unless a family says
// otherwise, so that the error of stage 2 is all the error there is.
const BASE = { mixing: "orthogonal", sigmaObs: 0, latentDim: 5, causalPerTask: 2, tasks: 100, rowsPerTask: 50 };

/** Every family: what it is, the options of `linearData`, how the data are spoilt afterwards, and how many sets of it. */
export const families = [
  family("paper", "the paper's settings at d = 5: random mixing, σo = .01, 100 tasks of 100 rows", {
    ...{ mixing: "random", sigmaObs: 0.01, rowsPerTask: 100 },
  }),
  family("base", "100 tasks of 50 rows, orthogonal mixing, no noise in h: so are all below", {}),
  family("tasks 3", "3 tasks of 100 rows, d = 3, one cause", {
    ...{ latentDim: 3, causalPerTask: 1, tasks: 3, rowsPerTask: 100 },
  }),
  family("tasks 5", "5 tasks of 100 rows, d = 3, one cause", {
    ...{ latentDim: 3, causalPerTask: 1, tasks: 5, rowsPerTask: 100 },
  }),
  family("tasks 10", "10 tasks of 100 rows", { tasks: 10, rowsPerTask: 100 }),
  family("tasks 10, rows 20", "10 tasks of 20 rows, σs = .5", { tasks: 10, rowsPerTask: 20, sigmaS: 0.5 }),
  family("tasks 20", "20 tasks of 100 rows", { tasks: 20, rowsPerTask: 100 }),
  family("rows 8", "100 tasks of 8 rows, d = 3, one cause", { latentDim: 3, causalPerTask: 1, rowsPerTask: 8 }),
  family("rows 15", "100 tasks of 15 rows", { rowsPerTask: 15 }),
  family("rows 30", "100 tasks of 30 rows", { rowsPerTask: 30 }),
  family("d 10, tasks 10", "10 latents from 10 tasks of 100 rows", { latentDim: 10, tasks: 10, rowsPerTask: 100 }),
  family("d 10, rows 15", "10 latents from 100 tasks of 15 rows", { latentDim: 10, rowsPerTask: 15 }),
  family("laplace", "Laplace causes and noise", { noise: "laplace" }),
  family("student t", "Student t causes and noise, 5 degrees of freedom", { noise: "student-t" }),
  family("weak 1", "σs = 1: effects are as noisy as causes", { sigmaS: 1 }),
  family("weak 2", "σs = 2", { sigmaS: 2 }),
  family("weak 2.5", "σs = 2.5: pairs are at the edge of being told apart", { sigmaS: 2.5 }),
  family("weak 2.5, few tasks", "the same with 20 tasks of 100 rows", { sigmaS: 2.5, tasks: 20, rowsPerTask: 100 }),
  family("noisy h", "σo = .1: an error of h that no unmixing takes out", { sigmaObs: 0.1 }),
  family("noisy h, general", "σo = .03 under a random mixing, 100 tasks of 100 rows", {
    ...{ mixing: "random", sigmaObs: 0.03, rowsPerTask: 100 },
  }),
  family("noisy h, general, rows 30", "the same with 30 rows", {
    ...{ mixing: "random", sigmaObs: 0.03, rowsPerTask: 30 },
  }),
  family("very noisy h, general", "σo = .3 under a random mixing, 100 tasks of 50 rows", {
    mixing: "random",
    sigmaObs: 0.3,
  }),
  family("confounded", "a hidden common cause correlates any two effects given y by .5", { confounding: 0.5 }),
  family("confounded a little", "the same by .2", { confounding: 0.2 }),
  family("confounded target", "the same hidden cause makes half of the noise of y", {
    ...{ confounding: 0.5, targetConfounding: 0.5 },
  }),
  family("confounded, noisy", "effects correlated by .5, and σo = .3 under a random mixing", {
    ...{ confounding: 0.5, mixing: "random", sigmaObs: 0.3 },
  }),
  family("distorted", "h = tanh of the mixture", {}, "tanh"),
  family("distorted a little", "h = tanh(m / 2) of the mixture m", {}, "half tanh"),
  family("no signal", "latents independent of y and alike in every task", { sigmaS: 1000 }),
  family("shuffled", "targets shuffled within their tasks", {}, "shuffle"),
];

function family(name, what, options, spoil = undefined) {
  return { name, what, options: { ...BASE, ...options }, spoil };
}
