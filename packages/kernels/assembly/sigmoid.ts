// Logistic function in four lanes, finite for every finite argument.

/** 1 / (1 + exp(x)), relative error below 1e-5. */
// @ts-ignore: decorator
@inline
export function sigmoidOfNegative(x: v128): v128 {
  // exp(80) is still a finite 32-bit float; beyond that the result would not change.
  const clamped = f32x4.max(f32x4.splat(-80), f32x4.min(f32x4.splat(80), x));
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exponential(clamped)));
}

/** exp(x) for x in [-80, 80], as 2^whole * 2^part with a polynomial for the part in [-1/2, 1/2]. */
// @ts-ignore: decorator
@inline
export function exponential(x: v128): v128 {
  const t = f32x4.mul(x, f32x4.splat(1.4426950408889634));
  const whole = f32x4.nearest(t);
  const part = f32x4.sub(t, whole);
  let y = f32x4.splat(0.0013333558);
  y = f32x4.relaxed_madd(y, part, f32x4.splat(0.009618129));
  y = f32x4.relaxed_madd(y, part, f32x4.splat(0.055504109));
  y = f32x4.relaxed_madd(y, part, f32x4.splat(0.240226507));
  y = f32x4.relaxed_madd(y, part, f32x4.splat(0.693147181));
  y = f32x4.relaxed_madd(y, part, f32x4.splat(1));
  const exponent = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(whole), i32x4.splat(127)), 23);
  return f32x4.mul(y, exponent);
}
