import { artifact, definePlugin, defineTool } from "@trainyard/core";
import * as z from "zod";

const countWords = defineTool({
  name: "count_words",
  description: "Count the words of a dataset.",
  input: z.object({ dataset: artifact("dataset") }),
  output: z.object({ words: z.number() }),
  async run({ dataset }, { artifacts }) {
    const text = new TextDecoder().decode(await artifacts.read(dataset.digest, "data.jsonl"));
    return { words: text.split(/\s+/).length };
  },
});

export const wordPlugin = definePlugin({ name: "words", tools: [countWords] });
