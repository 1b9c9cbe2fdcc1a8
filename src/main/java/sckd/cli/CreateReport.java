package sckd.cli;

import java.util.List;
import java.util.Locale;
import sckd.savedmodel.Inspection;

/**
 * What {@code sckd create} says of the model that it wrote; as JSON in these names.
 *
 * @param image height, width, channels
 * @param parameters moving averages included
 * @param multiplyAdds for one image
 * @param next commands to go on with
 */
record CreateReport(
        String model,
        String architecture,
        int classes,
        List<Integer> image,
        long seed,
        long parameters,
        long trainableParameters,
        long multiplyAdds,
        List<String> next) {
    static CreateReport of(String architecture, int classes, ImageShape image, long seed, Inspection written) {
        var model = written.directory().toString();
        return new CreateReport(
                model,
                architecture,
                classes,
                image.sizes(),
                seed,
                written.parameters().orElseThrow(),
                written.trainableParameters().orElseThrow(),
                written.multiplyAdds().orElseThrow(),
                List.of("sckd inspect " + model, "sckd train my.yaml --set student.model=" + model));
    }

    String text() {
        return String.format(
                Locale.ROOT,
                """
                created %s: %s, untrained, seed %d
                  input          images of %dx%dx%d
                  classes        %d
                  parameters     %,d, of which %,d are trainable
                  multiply-adds  %,d for one image
                next:
                  %s""",
                model,
                architecture,
                seed,
                image.get(0),
                image.get(1),
                image.get(2),
                classes,
                parameters,
                trainableParameters,
                multiplyAdds,
                String.join("\n  ", next));
    }
}
