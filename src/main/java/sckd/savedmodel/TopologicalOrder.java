package sckd.savedmodel;

import com.google.common.collect.ArrayListMultimap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.tensorflow.proto.NodeDef;
import sckd.UserException;

/** The order in which nodes can run. */
final class TopologicalOrder {
    private TopologicalOrder() {}

    /**
     * Each node after all that it takes; of those that are ready, the one that stood first. So the result depends on the graph alone.
     *
     * @throws UserException if a node takes what is not there, or the nodes take each other in a circle
     */
    static Map<String, NodeDef> sort(Map<String, NodeDef> nodes) {
        var names = List.copyOf(nodes.keySet());
        var positions = new HashMap<String, Integer>();
        names.forEach(name -> positions.put(name, positions.size()));
        var waiting = new int[names.size()];
        var consumers = ArrayListMultimap.<Integer, Integer>create();
        var ready = new PriorityQueue<Integer>();
        for (int i = 0; i < waiting.length; i++) {
            for (var producer : FlatGraph.producers(nodes.get(names.get(i)))) {
                if (!positions.containsKey(producer)) {
                    throw new UserException(
                            "node '%s' takes '%s', which the graph does not hold".formatted(names.get(i), producer));
                }
                consumers.put(positions.get(producer), i);
                waiting[i]++;
            }
            if (waiting[i] == 0) {
                ready.add(i);
            }
        }
        var sorted = new LinkedHashMap<String, NodeDef>();
        while (!ready.isEmpty()) {
            int next = ready.poll();
            sorted.put(names.get(next), nodes.get(names.get(next)));
            for (int consumer : consumers.get(next)) {
                if (--waiting[consumer] == 0) {
                    ready.add(consumer);
                }
            }
        }
        checkNoCycle(nodes, names, sorted);
        return sorted;
    }

    private static void checkNoCycle(Map<String, NodeDef> nodes, List<String> names, Map<String, NodeDef> sorted) {
        if (sorted.size() < names.size()) {
            var waiting =
                    names.stream().filter(name -> !sorted.containsKey(name)).toList();
            ControlFlow.checkNoLoop(waiting.stream().map(nodes::get).toList());
            var stuck = waiting.get(0);
            throw new UserException("the graph has a cycle: node '" + stuck + "' waits for itself");
        }
    }
}
