import { datasetInvalid } from "./invalid.ts";
import { isRecord, own, type RawRow } from "./raw-row.ts";

/** Turns articles of nested SQuAD JSON into one row per question; other rows pass unchanged. Throws `DATASET_INVALID`. */
export function* flattenSquad(row: RawRow): Generator<RawRow> {
  const paragraphs = own(row.values, "paragraphs");
  if (!Array.isArray(paragraphs)) return yield row;
  const title = own(row.values, "title");
  for (const [index, paragraph] of paragraphs.entries()) {
    const where = `${row.where}, paragraph ${index + 1}`;
    const questions = isRecord(paragraph) ? own(paragraph, "qas") : undefined;
    if (!isRecord(paragraph) || !Array.isArray(questions)) {
      throw datasetInvalid(`${where} needs \`context\` and a list \`qas\` of questions.`);
    }
    for (const [number, question] of questions.entries()) {
      if (!isRecord(question)) throw datasetInvalid(`${where}, question ${number + 1} is not an object.`);
      yield {
        where: `${where}, question ${number + 1}`,
        values: { ...question, context: own(paragraph, "context"), ...(title !== undefined && { title }) },
      };
    }
  }
}
