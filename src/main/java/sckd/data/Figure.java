package sckd.data;

import java.util.Locale;

/**
 * The figures of the data set {@code shapes}, each about as large as the unit circle. A figure is its signed distance: below 0 inside, above 0
 * outside, near the edge how far away that is. Only exact floating-point operations and constants from {@link StrictMath}, so that every
 * platform computes the same bits.
 */
enum Figure {
    CIRCLE {
        @Override
        double distance(double x, double y) {
            return radius(x, y) - 0.85;
        }
    },
    RING {
        @Override
        double distance(double x, double y) {
            return Math.abs(radius(x, y) - 0.72) - 0.2;
        }
    },
    SQUARE {
        @Override
        double distance(double x, double y) {
            return Math.max(Math.abs(x), Math.abs(y)) - 0.76;
        }
    },
    FRAME {
        @Override
        double distance(double x, double y) {
            return Math.abs(Math.max(Math.abs(x), Math.abs(y)) - 0.66) - 0.18;
        }
    },
    TRIANGLE {
        @Override
        double distance(double x, double y) {
            return polygon(x, y, 3) - 0.55;
        }
    },
    PENTAGON {
        @Override
        double distance(double x, double y) {
            return polygon(x, y, 5) - 0.75;
        }
    },
    CROSS {
        @Override
        double distance(double x, double y) {
            double across = Math.max(Math.abs(x) - 0.95, Math.abs(y) - 0.28);
            double down = Math.max(Math.abs(x) - 0.28, Math.abs(y) - 0.95);
            return Math.min(across, down);
        }
    },
    /** The five points of a pentagram lie outside exactly one of its five lines: the second largest distance decides. */
    STAR {
        @Override
        double distance(double x, double y) {
            double largest = Double.NEGATIVE_INFINITY;
            double second = Double.NEGATIVE_INFINITY;
            for (int side = 0; side < 5; side++) {
                double distance = side(x, y, side, 5);
                second = Math.max(second, Math.min(largest, distance));
                largest = Math.max(largest, distance);
            }
            return second - 0.33;
        }
    },
    CRESCENT {
        @Override
        double distance(double x, double y) {
            return Math.max(radius(x, y) - 0.9, 0.75 - radius(x - 0.45, y));
        }
    },
    BARS {
        @Override
        double distance(double x, double y) {
            double nearestBar = Math.min(Math.abs(y), Math.abs(Math.abs(y) - 0.62));
            return Math.max(Math.abs(x) - 0.85, nearestBar - 0.17);
        }
    };

    private static final int MOST_SIDES = 5;
    private static final double[][] NORMAL_X = new double[MOST_SIDES + 1][];
    private static final double[][] NORMAL_Y = new double[MOST_SIDES + 1][];

    static {
        for (int sides : new int[] {3, 5}) {
            NORMAL_X[sides] = new double[sides];
            NORMAL_Y[sides] = new double[sides];
            for (int side = 0; side < sides; side++) {
                NORMAL_X[sides][side] = StrictMath.cos(2 * Math.PI * side / sides);
                NORMAL_Y[sides][side] = StrictMath.sin(2 * Math.PI * side / sides);
            }
        }
    }

    abstract double distance(double x, double y);

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static double radius(double x, double y) {
        return Math.sqrt(x * x + y * y);
    }

    /** Distance from the centre in the direction of the nearest side. */
    private static double polygon(double x, double y, int sides) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int side = 0; side < sides; side++) {
            largest = Math.max(largest, side(x, y, side, sides));
        }
        return largest;
    }

    private static double side(double x, double y, int side, int sides) {
        return x * NORMAL_X[sides][side] + y * NORMAL_Y[sides][side];
    }
}
