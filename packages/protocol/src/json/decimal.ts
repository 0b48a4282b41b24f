interface Decimal {
  readonly negative: boolean;
  /** Significant digits without leading and trailing zeros; empty for zero. */
  readonly digits: string;
  /** Power of ten of the last digit. */
  readonly exponent: number;
}

/** Tells whether a JSON number text and the shortest text of its double denote the same number (ART-140). */
export function denotesSameNumber(source: string, value: number): boolean {
  const written = decimalOf(source);
  const printed = decimalOf(String(value));
  if (written.digits === '') return printed.digits === '';
  return (
    written.digits === printed.digits && written.exponent === printed.exponent && written.negative === printed.negative
  );
}

function decimalOf(text: string): Decimal {
  const negative = text.startsWith('-');
  const [mantissa = '', power = '0'] = (negative ? text.slice(1) : text).toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  return { negative, digits, exponent: Number(power) - fraction.length + (all.length - digits.length) };
}
