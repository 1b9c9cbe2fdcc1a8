package sckd.interop;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What an output of a signature is of the logits {@code [batch, classes]}. */
public enum OutputKind {
    @JsonProperty("logits")
    LOGITS {
        @Override
        double[] of(double[] logits) {
            return logits;
        }
    },
    @JsonProperty("softmax")
    SOFTMAX {
        @Override
        double[] of(double[] logits) {
            return softmax(logits);
        }
    },
    @JsonProperty("log_softmax")
    LOG_SOFTMAX {
        @Override
        double[] of(double[] logits) {
            var logarithms = softmax(logits);
            for (int k = 0; k < logarithms.length; k++) {
                logarithms[k] = Math.log(logarithms[k]);
            }
            return logarithms;
        }
    },
    @JsonProperty("argmax")
    ARGMAX {
        @Override
        double[] of(double[] logits) {
            int largest = 0;
            for (int k = 1; k < logits.length; k++) {
                largest = logits[k] > logits[largest] ? k : largest;
            }
            return new double[] {largest};
        }
    },
    @JsonProperty("max_softmax")
    MAX_SOFTMAX {
        @Override
        double[] of(double[] logits) {
            return new double[] {softmax(logits)[(int) ARGMAX.of(logits)[0]]};
        }
    },
    @JsonProperty("sigmoid")
    SIGMOID {
        @Override
        double[] of(double[] logits) {
            return new double[] {softmax(logits)[1]};
        }
    },
    @JsonProperty("sigmoid_vector")
    SIGMOID_VECTOR {
        @Override
        double[] of(double[] logits) {
            return SIGMOID.of(logits);
        }
    },
    /** Not to be told from the logits. */
    @JsonProperty("other")
    OTHER {
        @Override
        double[] of(double[] logits) {
            throw new UnsupportedOperationException();
        }
    };

    /** Its values for the logits of one image. */
    abstract double[] of(double[] logits);

    private static double[] softmax(double[] logits) {
        var powers = new double[logits.length];
        double sum = 0;
        for (int k = 0; k < powers.length; k++) {
            powers[k] = Math.exp(logits[k] - logits[(int) ARGMAX.of(logits)[0]]);
            sum += powers[k];
        }
        for (int k = 0; k < powers.length; k++) {
            powers[k] /= sum;
        }
        return powers;
    }
}
