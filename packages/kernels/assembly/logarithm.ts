/** Natural logarithm of a positive finite number that is not subnormal; absolute error below 1e-9. Needs no table in memory. */
export function logarithm(x: f64): f64 {
  const bits = reinterpret<u64>(x);
  const exponent = <i32>(bits >> 52) - 1023;
  const mantissa = reinterpret<f64>((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
  // log(m) = 2 * artanh(z), z at most 1/3.
  const z = (mantissa - 1) / (mantissa + 1);
  const square = z * z;
  let series: f64 = 1.0 / 17.0;
  for (let divisor = 15; divisor > 0; divisor -= 2) series = series * square + 1.0 / <f64>divisor;
  return <f64>exponent * 0.6931471805599453 + 2 * z * series;
}
