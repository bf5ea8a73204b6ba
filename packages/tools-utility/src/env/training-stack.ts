/** The Python libraries that the training tools were verified with, together. */
export const trainingStack: readonly string[] = [
  "accelerate==1.15.0",
  "datasets==5.0.1",
  "huggingface_hub==1.33.0",
  "peft==0.21.0",
  "safetensors==0.8.0",
  "tokenizers==0.23.2",
  "torch==2.13.0",
  "transformers==5.18.0",
  "trl==1.13.0",
];

/** Index that PyTorch documents for its builds without CUDA. */
export const torchCpuIndex = "https://download.pytorch.org/whl/cpu";
