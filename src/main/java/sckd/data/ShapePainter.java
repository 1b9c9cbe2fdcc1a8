package sckd.data;

/**
 * Paints one image of {@code shapes}: a textured dark background, clutter, the light figure, often a bar that hides a part of it, noise. Each
 * image follows from its random numbers alone. The ranges are chosen so that in 500 steps of 64 images a plain CNN of two layers comes to
 * about 65 % and one of six layers to about 95 %; figures both lighter and darker than their background were too hard for either.
 */
final class ShapePainter {
    static final int SIZE = 32;
    static final int CHANNELS = 3;

    private final KeyedRandom random;
    private final double[] canvas = new double[SIZE * SIZE * CHANNELS];

    ShapePainter(KeyedRandom random) {
        this.random = random;
    }

    /** Paints the figure and writes the image's bytes, row by row, channels interleaved. */
    void paint(Figure figure, byte[] target, int offset) {
        paintBackground(colour(20, 120));
        for (int i = random.nextInt(3); i > 0; i--) {
            paintClutter();
        }
        paintFigure(figure, colour(130, 235));
        if (random.nextDouble(0, 1) < 0.6) {
            paintBar();
        }
        double noise = random.nextDouble(5, 16);
        for (int i = 0; i < canvas.length; i++) {
            double value = canvas[i] + noise * (random.nextDouble(-1, 1) + random.nextDouble(-1, 1));
            target[offset + i] = (byte) (int) Math.max(0, Math.min(255, value + 0.5));
        }
    }

    /** A slope and two waves in random directions over the ground colour. */
    private void paintBackground(double[] ground) {
        var slope = Wave.draw(random, 60, 120, 32);
        var coarse = Wave.draw(random, 7, 20, 24);
        var fine = Wave.draw(random, 3, 7, 18);
        var tint = colour(0.4, 1);
        int next = 0;
        for (int row = 0; row < SIZE; row++) {
            for (int column = 0; column < SIZE; column++) {
                double light = slope.at(column, row) + coarse.at(column, row) + fine.at(column, row);
                for (int channel = 0; channel < CHANNELS; channel++) {
                    canvas[next++] = ground[channel] + tint[channel] * light;
                }
            }
        }
    }

    private void paintFigure(Figure figure, double[] colour) {
        double radius = random.nextDouble(7, 12.5);
        double reach = 0.8 * (SIZE / 2.0 - 0.85 * radius);
        var placement = Placement.draw(random, reach, radius, random.nextDouble(0.75, 1));
        fill(figure, placement, colour, random.nextDouble(0.75, 1));
    }

    /** A splinter of any figure, too small and narrow to be taken for one. */
    private void paintClutter() {
        var placement = Placement.draw(random, SIZE / 2.0, random.nextDouble(1.5, 3.5), 0.3);
        var figures = Figure.values();
        fill(figures[random.nextInt(figures.length)], placement, colour(20, 235), random.nextDouble(0.5, 1));
    }

    private void paintBar() {
        var placement = Placement.draw(random, 10, random.nextDouble(8, 16), 0.12);
        fill(Figure.SQUARE, placement, colour(20, 235), random.nextDouble(0.5, 1));
    }

    /** Mixes the colour in where the figure covers a pixel, along its edge by the share that it covers. */
    private void fill(Figure figure, Placement placement, double[] colour, double opacity) {
        int next = 0;
        for (int row = 0; row < SIZE; row++) {
            for (int column = 0; column < SIZE; column++) {
                double cover = opacity * placement.coverage(figure, column, row);
                for (int channel = 0; channel < CHANNELS; channel++) {
                    canvas[next] += cover * (colour[channel] - canvas[next]);
                    next++;
                }
            }
        }
    }

    private double[] colour(double darkest, double lightest) {
        var colour = new double[CHANNELS];
        for (int channel = 0; channel < CHANNELS; channel++) {
            colour[channel] = random.nextDouble(darkest, lightest);
        }
        return colour;
    }

    /** A triangle wave across the image: cheaper than a sine, and the same on every platform. */
    private record Wave(double x, double y, double phase, double height) {
        /** Lengths in pixels. */
        static Wave draw(KeyedRandom random, double shortest, double longest, double highest) {
            double angle = random.nextDouble(0, 2 * Math.PI);
            double frequency = 1 / random.nextDouble(shortest, longest);
            return new Wave(
                    frequency * StrictMath.cos(angle),
                    frequency * StrictMath.sin(angle),
                    random.nextDouble(0, 1),
                    random.nextDouble(0, highest));
        }

        /** From {@code −height} to {@code height}. */
        double at(int column, int row) {
            double turns = column * x + row * y + phase;
            return height * (4 * Math.abs(turns - Math.floor(turns + 0.5)) - 1);
        }
    }

    /**
     * Where a figure lies, turned and squeezed.
     *
     * @param acrossX with {@code acrossY} what a pixel to the right and one down add to the figure's x
     * @param downX with {@code downY} what they add to its y
     * @param scale pixels to one unit of distance where it is squeezed most
     */
    private record Placement(
            double x, double y, double acrossX, double acrossY, double downX, double downY, double scale) {
        /**
         * @param reach of the centre from the middle of the image, in pixels
         * @param radius in pixels before squeezing
         * @param squeeze the figure's height as a share of its width
         */
        static Placement draw(KeyedRandom random, double reach, double radius, double squeeze) {
            double angle = random.nextDouble(0, 2 * Math.PI);
            double cos = StrictMath.cos(angle);
            double sin = StrictMath.sin(angle);
            double height = radius * squeeze;
            return new Placement(
                    SIZE / 2.0 + random.nextDouble(-reach, reach),
                    SIZE / 2.0 + random.nextDouble(-reach, reach),
                    cos / radius,
                    sin / radius,
                    -sin / height,
                    cos / height,
                    height);
        }

        /** The share of the pixel that the figure covers, from the distance of the pixel's centre to its edge. */
        double coverage(Figure figure, int column, int row) {
            double dx = column + 0.5 - x;
            double dy = row + 0.5 - y;
            double distance = figure.distance(dx * acrossX + dy * acrossY, dx * downX + dy * downY);
            return Math.max(0, Math.min(1, 0.5 - distance * scale));
        }
    }
}
