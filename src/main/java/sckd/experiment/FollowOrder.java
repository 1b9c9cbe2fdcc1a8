package sckd.experiment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sckd.distillation.Gate;

/**
 * Finds gates that follow a method whose record is not there by then: one that follows comes after the method that it follows, and a stage follows the stage
 * of its own name.
 */
final class FollowOrder {
    private final List<String> faults;
    /** The stages of each method that stands before the one that is looked at. */
    private final Map<String, List<String>> before = new LinkedHashMap<>();

    private FollowOrder(List<String> faults) {
        this.faults = faults;
    }

    /** @param key where it stands */
    private record StatedGate(String key, Gate gate) {
        Optional<String> followed() {
            return FollowedRates.findMethod(gate);
        }
    }

    /** Adds a fault for each. */
    static void findFaults(Gate gate, List<StageSpec> stages, Map<String, Method> methods, List<String> faults) {
        var order = new FollowOrder(faults);
        methods.forEach((name, method) -> order.check(name, method, gate, stages));
    }

    private void check(String name, Method method, Gate ofAll, List<StageSpec> stagesOfAll) {
        var path = "methods." + name + ".";
        var own = method.changes()
                .gate()
                .map(gate -> new StatedGate(path + "gate", gate))
                .orElse(new StatedGate("gate", ofAll));
        checkMethod(own, name);
        var stages = method.stages().orElse(stagesOfAll);
        for (int i = 0; i < stages.size(); i++) {
            var key = StageSpec.path(method.stages().isPresent() ? path : "", i) + "gate";
            var stated = stages.get(i).changes().gate().map(gate -> new StatedGate(key, gate));
            stated.ifPresent(gate -> checkMethod(gate, name));
            checkStage(stated.orElse(own), stages.get(i).name());
        }
        before.put(name, stages.stream().map(StageSpec::name).toList());
    }

    private void checkMethod(StatedGate gate, String owner) {
        gate.followed()
                .filter(followed -> !before.containsKey(followed))
                .ifPresent(followed -> faults.add(Names.notBefore(
                        gate.key() + ".method", followed, "method", owner, List.copyOf(before.keySet()))));
    }

    private void checkStage(StatedGate gate, String stage) {
        gate.followed()
                .filter(followed ->
                        before.containsKey(followed) && !before.get(followed).contains(stage))
                .ifPresent(followed -> faults.add(
                        "%s.method is '%s', which has no stage '%s' to follow; expected a method with the same stages, or another gate for the stage"
                                .formatted(gate.key(), followed, stage)));
    }
}
