const BITSANDBYTES = ["bitsandbytes==0.50.2"];
// 7.7 asks for a newer torch and transformers than python/requirements.txt has; transformers loads GPTQ with optimum.
const GPTQMODEL = ["gptqmodel==7.6.0", "optimum==2.3.0"];

/** Requirements beyond the usual libraries, by the method of `finetune` or `quantize` that needs them. */
export const METHOD_LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  qlora: BITSANDBYTES,
  "bnb-nf4": BITSANDBYTES,
  "bnb-int8": BITSANDBYTES,
  gptq: GPTQMODEL,
  awq: GPTQMODEL,
};

/** Requirements of benchmarks that the worker does not score itself. */
export const BENCHMARK_LIBRARIES: readonly string[] = ["lm_eval==0.4.13"];
