const SPACE = /[ \t\r\n]/;

/**
 * Says what is wrong with a text that `JSON.parse` refused, in the words of Go's decoder: `unexpected EOF`,
 * `invalid character 'x' looking for beginning of value`. An empty text gives `EOF`.
 */
export function describeJsonFault(text: string): string {
  if (text.trim() === "") return "EOF";
  return new FaultFinder(text).find();
}

type Expectation = "value" | "value-or-end" | "key" | "key-or-end" | "colon" | "after-value";

/** Walks the text once without recursion, so that no nesting can exhaust the stack. */
class FaultFinder {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  find(): string {
    const open: string[] = [];
    let expects: Expectation = "value";
    for (;;) {
      while (SPACE.test(this.#text.charAt(this.#at))) this.#at++;
      if (this.#at >= this.#text.length) return "unexpected EOF";
      const char = this.#text.charAt(this.#at);
      const next = this.#step(char, expects, open);
      if (next.fault !== undefined) return next.fault;
      expects = next.expects;
    }
  }

  #step(char: string, expects: Expectation, open: string[]): { fault?: string | undefined; expects: Expectation } {
    if (expects === "key-or-end" && char === "}") return this.#close(open);
    if (expects === "value-or-end" && char === "]") return this.#close(open);
    if (expects === "value" || expects === "value-or-end") return this.#value(char, open);
    if (expects === "key" || expects === "key-or-end") {
      if (char !== '"') return this.#fault(char, "looking for beginning of object key string");
      return { fault: this.#string(), expects: "colon" };
    }
    if (expects === "colon") {
      if (char !== ":") return this.#fault(char, "after object key");
      this.#at++;
      return { expects: "value" };
    }
    const inside = open.at(-1);
    if (inside === undefined) return this.#fault(char, "after top-level value");
    if (char === inside) return this.#close(open);
    if (char !== ",") return this.#fault(char, inside === "}" ? "after object key:value pair" : "after array element");
    this.#at++;
    return { expects: inside === "}" ? "key" : "value" };
  }

  #value(char: string, open: string[]): { fault?: string | undefined; expects: Expectation } {
    if (char === "{" || char === "[") {
      this.#at++;
      open.push(char === "{" ? "}" : "]");
      return { expects: char === "{" ? "key-or-end" : "value-or-end" };
    }
    if (char === '"') return { fault: this.#string(), expects: "after-value" };
    if (char === "-" || (char >= "0" && char <= "9")) return { fault: this.#number(), expects: "after-value" };
    const literal = { t: "true", f: "false", n: "null" }[char];
    if (literal === undefined) return this.#fault(char, "looking for beginning of value");
    return { fault: this.#literal(literal), expects: "after-value" };
  }

  #close(open: string[]): { expects: Expectation } {
    open.pop();
    this.#at++;
    return { expects: "after-value" };
  }

  #string(): string | undefined {
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const char = this.#text.charAt(this.#at);
      if (char === '"') {
        this.#at++;
        return undefined;
      }
      if (char < " ") return this.#fault(char, "in string literal").fault;
      if (char !== "\\") continue;
      const escaped = this.#text.charAt(++this.#at);
      if (escaped === "") break;
      if (escaped === "u") {
        for (let digit = 0; digit < 4; digit++) {
          const hex = this.#text.charAt(++this.#at);
          if (hex === "") return "unexpected EOF";
          if (!/[0-9a-fA-F]/.test(hex)) return this.#fault(hex, "in \\u hexadecimal character escape").fault;
        }
      } else if (!'"\\/bfnrt'.includes(escaped)) return this.#fault(escaped, "in string escape code").fault;
    }
    return "unexpected EOF";
  }

  #number(): string | undefined {
    const digits = (): number => {
      const from = this.#at;
      while (/[0-9]/.test(this.#text.charAt(this.#at))) this.#at++;
      return this.#at - from;
    };
    const missing = (context: string): string =>
      this.#at >= this.#text.length ? "unexpected EOF" : this.#fault(this.#text.charAt(this.#at), context).fault;
    if (this.#text.charAt(this.#at) === "-") this.#at++;
    if (this.#text.charAt(this.#at) === "0") this.#at++;
    else if (digits() === 0) return missing("in numeric literal");
    if (this.#text.charAt(this.#at) === ".") {
      this.#at++;
      if (digits() === 0) return missing("after decimal point in numeric literal");
    }
    if (/[eE]/.test(this.#text.charAt(this.#at))) {
      this.#at++;
      if (/[+-]/.test(this.#text.charAt(this.#at))) this.#at++;
      if (digits() === 0) return missing("in exponent of numeric literal");
    }
    return undefined;
  }

  #literal(literal: string): string | undefined {
    for (const wanted of literal) {
      const char = this.#text.charAt(this.#at);
      if (char === "") return "unexpected EOF";
      if (char !== wanted) return this.#fault(char, `in literal ${literal} (expecting '${wanted}')`).fault;
      this.#at++;
    }
    return undefined;
  }

  #fault(char: string, context: string): { fault: string; expects: Expectation } {
    return { fault: `invalid character ${quoteRune(char)} ${context}`, expects: "value" };
  }
}

function quoteRune(char: string): string {
  if (char === "'") return `'\\''`;
  if (char === '"') return `'"'`;
  return `'${JSON.stringify(char).slice(1, -1)}'`;
}
