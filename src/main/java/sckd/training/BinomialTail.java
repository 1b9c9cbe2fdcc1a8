package sckd.training;

/** How likely a number of successes is. */
final class BinomialTail {
    private BinomialTail() {}

    /**
     * {@code P(X ≥ least)}, X the successes of {@code trials} independent trials: the sum of {@code C(n, i) pⁱ (1 − p)ⁿ⁻ⁱ} from {@code i = least}.
     *
     * @param probability p of one success, 0 to 1
     */
    static double atLeast(int least, int trials, double probability) {
        if (least <= 0 || probability == 1) {
            return least <= trials ? 1 : 0;
        }
        if (probability == 0) {
            return 0;
        }
        double logChoices = 0;
        double sum = 0;
        for (int i = 0; i <= trials; i++) {
            if (i >= least) {
                sum += Math.exp(logChoices + i * Math.log(probability) + (trials - i) * Math.log1p(-probability));
            }
            logChoices += Math.log(trials - i) - Math.log(i + 1);
        }
        return Math.min(1, sum);
    }
}
