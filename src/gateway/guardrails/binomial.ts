/**
 * Exact limits of a share (Clopper and Pearson, 1934), by the incomplete beta function, so that they hold for small samples and
 * for shares near 0 and 1, where the normal approximation does not. Counts need not be whole: see `effective` in share.ts.
 */

/** The share that `bad` of `n` is at least, but for a chance of `alpha`. */
export function atLeast(bad: number, n: number, alpha: number): number {
  // It is no more than what was measured, as long as `alpha` is small.
  return bad <= 0 ? 0 : inverse((share) => chanceOfAsMany(bad, n, share), alpha, bad / n);
}

/** The share that `bad` of `n` is at most, but for a chance of `alpha`. */
export function atMost(bad: number, n: number, alpha: number): number {
  return 1 - atLeast(n - bad, n, alpha);
}

/** How likely `bad` or more of `n` are where the share is `share`. */
export function chanceOfAsMany(bad: number, n: number, share: number): number {
  if (bad <= 0) return 1;
  if (share <= 0 || bad > n) return 0;
  return share >= 1 ? 1 : beta(share, bad, n - bad + 1);
}

/** Where a rising function of 0 to `most` reaches `wanted`. */
function inverse(rising: (x: number) => number, wanted: number, most: number): number {
  let low = 0;
  let high = most;
  for (let turn = 0; turn < 30; turn++) {
    const middle = (low + high) / 2;
    if (rising(middle) < wanted) low = middle;
    else high = middle;
  }
  return low;
}

/** The regularised incomplete beta function (Press et al., Numerical Recipes, 6.4). */
function beta(x: number, a: number, b: number): number {
  const front = Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
}

/** The continued fraction of the above, by Lentz's method. */
function fraction(x: number, a: number, b: number): number {
  const floor = (value: number) => (Math.abs(value) < 1e-300 ? 1e-300 : value);
  let c = 1;
  let d = 1 / floor(1 - ((a + b) * x) / (a + 1));
  let sum = d;
  // It takes about the root of the larger parameter.
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / floor(1 + even * d);
    c = floor(1 + even / c);
    sum *= d * c;
    d = 1 / floor(1 + odd * d);
    c = floor(1 + odd / c);
    sum *= d * c;
    if (Math.abs(d * c - 1) < 1e-12) break;
  }
  return sum;
}

const lanczos = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905, -0.13857109526572012,
  9.984369578019572e-6, 1.5056327351493116e-7,
];

/** By Lanczos (g = 7, n = 9); x above 0.5. */
function lnGamma(x: number): number {
  const z = x - 1;
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x);
  const sum = lanczos.reduce((total, each, index) => total + each / (z + index + 1), 0.9999999999998099);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}
