package sckd.experiment;

import com.google.common.io.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * An experiment that comes with the program.
 *
 * @param text its YAML; the first line is a comment that says what it is
 */
public record BuiltInExperiment(String name, String text) {
    private static final List<String> NAMES = List.of(
            "quickstart",
            "cifar10-resnet56-cnn2",
            "cifar10-resnet56-resnet8",
            "cifar10-losses",
            "cifar10-gates",
            "cifar10-takd-cnn2",
            "cifar10-eskd-cnn2",
            "cifar10-fitnets-stages",
            "cifar10-two-teachers",
            "cifar10-self-distillation",
            "cifar10-tofd",
            "cifar10-cnn2-methods",
            "cifar10-takd-protocol",
            "cifar10-takd-as-published",
            "cifar100-takd-protocol",
            "cifar100-crd-resnet56-resnet20",
            "cifar100-crd-resnet110-resnet20",
            "cifar100-crd-resnet110-resnet32",
            "cifar100-crd-resnet32x4-resnet8x4",
            "cifar100-crd-wrn40-2-wrn16-2",
            "cifar100-crd-vgg13-vgg8",
            "cifar100-crd-vgg13-mobilenet-v2",
            "cifar100-crd-resnet32x4-shufflenet-v1",
            "cifar100-crd-resnet32x4-shufflenet-v2",
            "cifar100-crd-wrn40-2-shufflenet-v1",
            "cifar100-tofd-resnet152-resnet50",
            "cifar100-self-distillation-resnet18");

    /** All of them, in the order to list them. */
    public static List<BuiltInExperiment> all() {
        return NAMES.stream().map(BuiltInExperiment::read).toList();
    }

    static List<String> names() {
        return NAMES;
    }

    static Optional<BuiltInExperiment> find(String name) {
        return NAMES.contains(name) ? Optional.of(read(name)) : Optional.empty();
    }

    /** One line for a list. */
    public String description() {
        return text.lines().findFirst().orElseThrow().substring(1).strip();
    }

    private static BuiltInExperiment read(String name) {
        try {
            var resource = Resources.getResource(BuiltInExperiment.class, "/experiments/" + name + ".yaml");
            return new BuiltInExperiment(name, Resources.toString(resource, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
