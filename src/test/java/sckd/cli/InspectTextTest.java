package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import sckd.cli.InspectReport.BatchNorms;
import sckd.cli.InspectReport.Feature;
import sckd.cli.InspectReport.Port;
import sckd.cli.InspectReport.Signature;

class InspectTextTest {
    private static final String METHOD = "tensorflow/serving/predict";
    private static final Port IMAGES = new Port("images", "float32", "[?, 32, 32, 3]");

    @Test
    void tellsAllOfAModelThatIsAccepted() {
        var report = new InspectReport(
                "models/r20",
                true,
                List.of(),
                List.of(
                        new Signature("classify", METHOD, List.of(IMAGES), List.of(new Port("ids", "int64", "[?]"))),
                        new Signature(
                                "serving_default",
                                METHOD,
                                List.of(IMAGES),
                                List.of(new Port("probabilities", "float32", "[?, 10]")))),
                "serving_default",
                "linear/BiasAdd:0",
                271098L,
                269722L,
                40551040L,
                new BatchNorms(List.of("bn1", "bn2"), List.of("bn3/Rsqrt")),
                List.of("TopKV2 (node 'top')"),
                List.of(),
                "r20.zip",
                "4ca9",
                List.of(.5f),
                List.of(.25f),
                .9f,
                List.of("cat", "dog"),
                new InspectReport.Chosen(List.of("serve"), "images", null, 1f, List.of(48, 32), "NHWC", "BGR"),
                List.of("swish is an IdentityN"),
                List.of(
                        new Feature("stem", "stem/Relu:0", "[?, 32, 32, 16]"),
                        new Feature("pooled", "pool/Mean:0", "[?, 64]")));
        assertThat(InspectText.of(report))
                .isEqualTo(
                        """
                        models/r20
                          accepted       yes
                          origin         r20.zip
                          input scaling  scale 1.0, mean 0.5, std 0.25
                          classes        2: cat, dog
                          tags           serve
                          images go to   images
                          resized to     48x32
                          layout         NHWC
                          channel order  BGR
                          parameters     271,098, of which 269,722 are trainable
                          multiply-adds  40,551,040 for one image
                          logits         linear/BiasAdd:0
                          batch norms    2 fused, 1 decomposed
                          no gradient    TopKV2 (node 'top')
                          not allowed    none
                          note           swish is an IdentityN

                        signature classify
                          method         tensorflow/serving/predict
                          input          images         float32  [?, 32, 32, 3]
                          output         ids            int64    [?]

                        signature serving_default (the one that is used)
                          method         tensorflow/serving/predict
                          input          images         float32  [?, 32, 32, 3]
                          output         probabilities  float32  [?, 10]

                        layers that can serve as features
                          stem    [?, 32, 32, 16]
                          pooled  [?, 64]""");
    }

    @Test
    void whatIsNotKnownIsNotTakenForNone() {
        var fault = "models/x/saved_model.pb: no signature to use; expected 'serving_default' or exactly one with the"
                + " method tensorflow/serving/predict; it has none";
        var report = new InspectReport(
                "models/x",
                false,
                List.of(fault),
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                "",
                "",
                null,
                null,
                null,
                List.of(),
                null,
                List.of(),
                List.of());
        assertThat(InspectText.of(report))
                .isEqualTo(
                        """
                        models/x
                          accepted       no
                          fault          models/x/saved_model.pb: no signature to use; expected
                                         'serving_default' or exactly one with the method
                                         tensorflow/serving/predict; it has none
                          parameters     unknown
                          multiply-adds  unknown
                          logits         unknown
                          batch norms    unknown
                          no gradient    unknown
                          not allowed    unknown

                        layers that can serve as features: none found""");
    }
}
