package sckd.experiment;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import sckd.UserException;
import sckd.report.SearchResult;
import sckd.report.SearchResult.Tried;

/**
 * A search of a method's constants: each combination of values is trained once, and judged on the validation images alone.
 *
 * @param experiment its methods are the combinations, named {@code METHOD-1}, {@code METHOD-2}…
 * @param trials by the name of that method
 */
public record ConstantsSearch(Experiment experiment, Map<String, Trial> trials) {
    /**
     * @param source an experiment file or a built-in's name
     * @param method whose constants; empty: the file's own, which then has no methods
     * @param tries see {@link Trial#combine}
     * @throws UserException if there is no such method, no validation images are held out, a key is none of the student's training, or two combinations
     *     are alike
     */
    public static ConstantsSearch of(
            String source, List<String> overrides, Optional<String> method, List<String> tries) {
        var base = ExperimentFile.read(source, overrides);
        var name = findMethod(base, method);
        if (base.data().validation() == 0) {
            throw new UserException(
                    "data.validation is 0; expected training images held out, such as --set data.validation=5000: a search must not see the test images");
        }
        var trials = ImmutableMap.<String, Trial>builder();
        var methods = ImmutableMap.<String, Method>builder();
        var triedBefore = new HashMap<Method, Trial>();
        int number = 0;
        for (var trial : Trial.combine(tries)) {
            var all = new ArrayList<>(overrides);
            all.addAll(trial.overrides());
            var changed = ExperimentFile.read(source, all);
            checkShared(base, changed, trial);
            var tried = whole(changed.byMethod().get(name));
            Optional.ofNullable(triedBefore.put(tried, trial)).ifPresent(before -> {
                throw alike(base, name, before, trial);
            });
            var trialName = name + "-" + ++number;
            trials.put(trialName, trial);
            methods.put(trialName, tried);
        }
        return new ConstantsSearch(base.with(base.name() + "-search-" + name, methods.build()), trials.build());
    }

    private static String findMethod(Experiment base, Optional<String> method) {
        var names = List.copyOf(base.byMethod().keySet());
        if (method.isEmpty() && names.size() > 1) {
            throw new UserException("--method is missing; expected one of " + String.join(", ", names));
        }
        var name = method.orElse(names.get(0));
        base.checkMethod("--method", name);
        return name;
    }

    /** All combinations are trained on the same images by the same teachers. */
    private static void checkShared(Experiment base, Experiment changed, Trial trial) {
        if (!changed.data().equals(base.data())
                || !changed.teachers().equals(base.teachers())
                || changed.seed() != base.seed()) {
            throw new UserException(
                    "--try has %s; expected keys of student, supervised, losses, gate, training or stages, or of a method"
                            .formatted(String.join(", ", trial.values().keySet())));
        }
    }

    /** Most likely a key of the file that the method replaces by one of its own. */
    private static UserException alike(Experiment base, String method, Trial one, Trial other) {
        var hint =
                base.methods().isEmpty() ? "" : "; what method '%1$s' replaces is under methods.%1$s".formatted(method);
        return new UserException("--try: nothing differs between %s and %s; expected values that do%s"
                .formatted(one.describe(), other.describe(), hint));
    }

    private static Method whole(Experiment method) {
        return new Method(
                Optional.of(method.student()),
                new Changes(
                        Optional.of(method.supervised()),
                        Optional.of(method.losses()),
                        Optional.of(method.gate()),
                        Optional.of(method.training())),
                Optional.of(method.stages()),
                Optional.empty());
    }

    /** Trains what is not trained yet; the best comes first, the first tried of equals. */
    public SearchResult run(RunDirectory directory, RunListener listener, BooleanSupplier stopRequested) {
        var told = new SearchListener(listener, trials.keySet());
        var rows = ExperimentRun.run(experiment, directory, told, stopRequested);
        var tried = rows.stream()
                .filter(row -> trials.containsKey(row.name()))
                .map(row -> new Tried(row.name(), trials.get(row.name()).values(), row.validation(), row.bestEpoch()))
                .sorted(Comparator.comparingDouble(Tried::validation).reversed())
                .toList();
        return new SearchResult(experiment.data().validation(), experiment.seed(), tried);
    }
}
