package sckd.data;

/**
 * The part of an image that is shown, in its own pixels.
 *
 * @param top with {@code left}, {@code height} and {@code width}: fractions of pixels count
 */
record ImageWindow(double top, double left, double height, double width) {
    /** Which part of an image of a size is shown. */
    interface Choice {
        ImageWindow of(int height, int width);
    }

    /** The middle, with the shape of {@code frame}. */
    static Choice middle(ImageFrame frame) {
        return (height, width) -> {
            double tall = height;
            double wide = width;
            if (frame.fit() == ImageReading.Fit.CROP) {
                double scale = Math.min((double) height / frame.height(), (double) width / frame.width());
                tall = frame.height() * scale;
                wide = frame.width() * scale;
            }
            return centred(height, width, tall * frame.cropShare(), wide * frame.cropShare());
        };
    }

    /** As {@link RandomResizedCrop} says by its four draws. */
    static Choice random(RandomResizedCrop crop, float[] draws, int first) {
        return (height, width) -> {
            double area = (double) height * width * (crop.smallest() + (1 - crop.smallest()) * draws[first]);
            double shape = StrictMath.exp((2 * draws[first + 1] - 1) * StrictMath.log(crop.aspect()));
            double tall = Math.min(height, Math.sqrt(area / shape));
            double wide = Math.min(width, Math.sqrt(area * shape));
            return new ImageWindow(draws[first + 2] * (height - tall), draws[first + 3] * (width - wide), tall, wide);
        };
    }

    private static ImageWindow centred(int height, int width, double tall, double wide) {
        return new ImageWindow((height - tall) / 2, (width - wide) / 2, tall, wide);
    }

    /** Whether it is the whole image, and the image has that size. */
    boolean isWhole(int ofHeight, int ofWidth) {
        return top == 0 && left == 0 && height == ofHeight && width == ofWidth;
    }
}
