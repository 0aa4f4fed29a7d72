package io.afnio4j.train;

import io.afnio4j.autodiff.Variable;
import io.afnio4j.cognitive.Module;
import io.afnio4j.optim.Optimizer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a training stands between two steps. Together with the states of module and optimizer it is all that the steps
 * to come depend on.
 *
 * @param epoch the epoch under way, from 0
 * @param batches how many of its batches are done
 * @param epochBatches how many batches an epoch has
 * @param step how many steps are done in all
 * @param gate the gate's metric, null where there is no gate
 * @param best the best value of it so far, NaN where there is no gate
 * @param metrics how the epoch's batches did until now
 * @param failedRewrites how many steps in a row brought no new value that can be used
 */
record Checkpoint(
        int epoch,
        int batches,
        int epochBatches,
        int step,
        @Nullable String gate,
        double best,
        Metrics metrics,
        int failedRewrites) {

    private static final String KIND = "training";

    Map<String, Object> save(Module module, Optimizer optimizer) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("kind", KIND);
        tree.put("epoch", epoch);
        tree.put("batches", batches);
        tree.put("epochBatches", epochBatches);
        tree.put("step", step);
        if (gate != null) {
            tree.put("gate", gate);
        }
        tree.put("best", best);
        tree.put("samples", metrics.samples());
        tree.put("means", metrics.means());
        tree.put("counted", metrics.counted());
        tree.put("failedRewrites", failedRewrites);
        tree.put("learnt", learnt(module, optimizer));
        tree.put("module", module.stateDict());
        tree.put("optimizer", optimizer.stateDict());
        return tree;
    }

    /**
     * Reads where the training stood, and brings module and optimizer back to it; the module is left as it is where
     * anything doesn't fit.
     */
    static Checkpoint load(Object tree, int epochBatches, Module module, Optimizer optimizer) {
        if (!(tree instanceof Map<?, ?> fields) || !KIND.equals(fields.get("kind"))) {
            throw broken();
        }
        Metrics metrics = new Metrics(
                count(fields, "samples"),
                numbers(fields, "means", Double.class),
                numbers(fields, "counted", Long.class));
        Checkpoint checkpoint = new Checkpoint(
                (int) count(fields, "epoch"),
                (int) count(fields, "batches"),
                (int) count(fields, "epochBatches"),
                (int) count(fields, "step"),
                fields.get("gate") instanceof String gate ? gate : null,
                fields.get("best") instanceof Double best ? best : Double.NaN,
                metrics,
                fields.containsKey("failedRewrites")
                        ? (int) count(fields, "failedRewrites")
                        : 0); // not in files of before
        if (checkpoint.epochBatches != epochBatches) {
            throw new IllegalArgumentException("The checkpoint is of a training with " + checkpoint.epochBatches
                    + " batches an epoch, but this loader has " + epochBatches
                    + ". Go on with the data and the batch size that it began with.");
        }
        checkLearnt(fields.get("learnt"), learnt(module, optimizer));
        Map<?, ?> ofModule = map(fields, "module");
        optimizer.loadStateDict(map(fields, "optimizer"));
        module.loadStateDict(ofModule);
        return checkpoint;
    }

    /**
     * What the optimizer rewrites, by path and in its order: its own state knows parameters by nothing but their place.
     */
    private static List<String> learnt(Module module, Optimizer optimizer) {
        Map<Variable, String> paths = new HashMap<>(); // variables are equal only to themselves
        module.parameters().byPath().forEach((path, parameter) -> paths.putIfAbsent(parameter, path));
        module.buffers().byPath().forEach((path, buffer) -> paths.putIfAbsent(buffer, path));
        module.chats()
                .byPath()
                .forEach((path, turns) ->
                        turns.byPlace().forEach((place, part) -> paths.putIfAbsent(part, path + "." + place)));
        return optimizer.parameters().stream()
                .map(parameter -> paths.getOrDefault(parameter, parameter.role()))
                .toList();
    }

    /** Files of before don't name what is learnt. */
    private static void checkLearnt(@Nullable Object saved, List<String> now) {
        if (saved != null && !saved.equals(now)) {
            throw new IllegalArgumentException("The checkpoint is of a training that rewrites " + saved
                    + ", but this optimizer rewrites " + now
                    + ". Hand it the same parameters in the same order, or it would take the past of one for that of"
                    + " another. A Map.of has another order in each run; a LinkedHashMap keeps its own.");
        }
    }

    /**
     * The best value so far of a gate's metric, NaN where the training had another gate. Files of before don't name
     * theirs.
     */
    double best(@Nullable String wanted) {
        return gate == null || gate.equals(wanted) ? best : Double.NaN;
    }

    private static long count(Map<?, ?> fields, String name) {
        if (fields.get(name) instanceof Long count && count >= 0 && count <= Integer.MAX_VALUE) {
            return count;
        }
        throw broken();
    }

    private static <N> Map<String, N> numbers(Map<?, ?> fields, String name, Class<N> type) {
        Map<String, N> numbers = new LinkedHashMap<>();
        map(fields, name).forEach((key, value) -> {
            if (!type.isInstance(value)) {
                throw broken();
            }
            numbers.put(String.valueOf(key), type.cast(value));
        });
        return numbers;
    }

    private static Map<?, ?> map(Map<?, ?> fields, String name) {
        if (fields.get(name) instanceof Map<?, ?> map) {
            return map;
        }
        throw broken();
    }

    private static IllegalArgumentException broken() {
        return new IllegalArgumentException(
                "The file is no checkpoint of a training. Give resumeFrom a file that checkpointTo wrote.");
    }
}
