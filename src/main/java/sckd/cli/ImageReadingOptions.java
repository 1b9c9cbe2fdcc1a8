package sckd.cli;

import java.util.Optional;
import picocli.CommandLine.Option;
import sckd.UserException;
import sckd.data.ImageReading;
import sckd.data.ImageSize;

/** {@code --image-size}, {@code --crop-share}: how the images of a data set of image files are shown. */
final class ImageReadingOptions {
    @Option(
            names = "--image-size",
            paramLabel = "N",
            description = "Bring image files to a square of so many pixels; default: they have one size.")
    private Integer size;

    @Option(
            names = "--crop-share",
            paramLabel = "SHARE",
            description = "Keep so much of the fitted image, such as 0.875; default: all of it.")
    private Float cropShare;

    ImageReading toReading() {
        var standard = ImageReading.DEFAULT;
        try {
            return new ImageReading(
                    Optional.ofNullable(size).map(side -> new ImageSize(side, side)),
                    standard.fit(),
                    cropShare == null ? standard.cropShare() : cropShare,
                    standard.channels(),
                    standard.testShare(),
                    standard.splitSeed(),
                    standard.stream(),
                    standard.features());
        } catch (IllegalArgumentException e) {
            throw new UserException("--" + e.getMessage().replaceFirst("^size", "image-size"), e);
        }
    }
}
