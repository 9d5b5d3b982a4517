type Rule = Record<string, unknown>;

interface Leaf {
  variable: string;
  operator: string;
  value: unknown;
  not: boolean;
  oneOf?: boolean; // others would do as well
}

const signs: Record<string, string> = {
  Equals: "=",
  GreaterThan: ">",
  GreaterThanEquals: "≥",
  LessThan: "<",
  LessThanEquals: "≤",
  Matches: "like",
};

/** A few words for the rule of a choice: its last comparison, since what stands before only guards it. */
export function conditionLabel(rule: Rule): string {
  const leaves = leavesOf(rule, false);
  const compared = leaves.filter((leaf) => leaf.operator !== "IsPresent" && !leaf.not);
  const leaf = compared.at(-1) ?? leaves.filter((l) => !l.not).at(-1) ?? leaves.at(-1);
  return leaf ? shorten(worded(leaf)) + (leaf.oneOf ? " …" : "") : "";
}

function leavesOf(rule: Rule, not: boolean): Leaf[] {
  if (rule.And) return (rule.And as Rule[]).flatMap((part) => leavesOf(part, not));
  if (rule.Or) {
    const first = leavesOf((rule.Or as Rule[])[0]!, not);
    return first.map((leaf) => ({ ...leaf, oneOf: true }));
  }
  if (rule.Not) return leavesOf(rule.Not as Rule, !not);
  const operator = Object.keys(rule).find((key) => key !== "Variable" && key !== "Next" && key !== "Comment");
  if (!operator || typeof rule.Variable !== "string") return [];
  return [{ variable: rule.Variable, operator, value: rule[operator], not }];
}

function worded({ variable, operator, value, not }: Leaf): string {
  const name = nameOf(variable);
  if (operator === "IsPresent") return `${(value === true) !== not ? "" : "no "}${name}`;
  if (operator === "BooleanEquals") return `${(value === true) !== not ? "" : "not "}${name}`;
  const path = operator.endsWith("Path");
  const sign = signs[operator.replace(/^(String|Numeric|Timestamp)/, "").replace(/Path$/, "")] ?? operator;
  return `${not ? "not " : ""}${name} ${sign} ${path ? nameOf(String(value)) : value === "" ? "empty" : String(value)}`;
}

const nameOf = (path: string) =>
  path
    .replace(/\['([^']+)'\]/g, ".$1")
    .replace(/\[[^\]]*\]/g, "")
    .split(".")
    .at(-1)!
    .replaceAll("_", " ");

const shorten = (text: string) => (text.length > 28 ? `${text.slice(0, 27)}…` : text);
