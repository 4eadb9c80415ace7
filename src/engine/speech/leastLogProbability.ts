/** Mean log probability of a text's tokens below which it is a guess. Source: OpenAI's transcribe.py (`logprob_threshold`), as in transformers. */
export const leastLogProbability = -1;
