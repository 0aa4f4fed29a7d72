package io.afnio4j.autodiff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * A graph drawn from a seed, twice over: once as variables, for the engine, and once as plain lists, for a reference
 * that walks it by recursion and answers in sequence. Both have to bring the leaves the same texts in the same order.
 */
final class RandomGraph {

    /** An output of an operation, or, where the operation is -1, a leaf. */
    private record Ref(int op, int output) {}

    private record Op(String name, int outputs, List<Ref> inputs) {}

    private record Use(int op, int input) {}

    private final Random random;
    private final List<Op> ops = new ArrayList<>();
    private final int leafCount;

    RandomGraph(long seed) {
        this.random = new Random(seed);
        this.leafCount = 1 + random.nextInt(3);
        int count = 1 + random.nextInt(8);
        for (int i = 0; i < count; i++) {
            List<Ref> inputs = new ArrayList<>();
            for (int arity = 1 + random.nextInt(3); arity > 0; arity--) {
                inputs.add(anyBefore(i));
            }
            ops.add(new Op("f" + i, 1 + random.nextInt(2), inputs));
        }
    }

    private Ref anyBefore(int op) {
        int from = random.nextInt(op + leafCount) - leafCount;
        return from < 0
                ? new Ref(-1, -1 - from)
                : new Ref(from, random.nextInt(ops.get(from).outputs()));
    }

    /** Runs the engine; what each leaf got is in its {@code grad()}. */
    Mono<List<List<String>>> byEngine(Function<Random, Mono<?>> signal) {
        List<Variable> leaves = new ArrayList<>();
        for (int i = 0; i < leafCount; i++) {
            leaves.add(new Variable("x" + i, "x" + i, true));
        }
        List<List<Variable>> made = new ArrayList<>();
        for (Op op : ops) {
            List<Variable> inputs = op.inputs().stream()
                    .map(ref -> ref.op() < 0
                            ? leaves.get(ref.output())
                            : made.get(ref.op()).get(ref.output()))
                    .toList();
            made.add(Probe.telling(op.name(), signal.apply(random))
                    .outputs(op.outputs())
                    .applyAll(inputs));
        }
        List<Variable> roots = List.of(
                made.get(ops.size() - 1).get(0), made.get(ops.size() / 2).get(0));
        return Engine.backward(roots, List.of(Passes.feedback("A"), Passes.feedback("B")), BackwardOptions.DEFAULTS)
                .then(Mono.fromSupplier(
                        () -> leaves.stream().map(Passes::gradTexts).toList()));
    }

    /** The reference. */
    List<List<String>> bySequence() {
        List<List<Use>> uses = new ArrayList<>(); // of each operation's outputs, in graph order
        ops.forEach(op -> uses.add(new ArrayList<>()));
        List<List<Use>> leafUses = new ArrayList<>();
        Collections.addAll(leafUses, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        Set<Integer> seen = new LinkedHashSet<>(); // children before parents
        Use a = new Use(-1, 0);
        Use b = new Use(-1, 1);
        explore(ops.size() - 1, seen, uses, leafUses);
        uses.get(ops.size() - 1).add(a);
        explore(ops.size() / 2, seen, uses, leafUses);
        uses.get(ops.size() / 2).add(b);
        List<Integer> parentsFirst = new ArrayList<>(seen);
        Collections.sort(parentsFirst, Collections.reverseOrder());
        String[][] said = new String[ops.size()][];
        for (int op : parentsFirst) {
            said[op] = told(op, uses.get(op), said);
        }
        return leafUses.subList(0, leafCount).stream()
                .map(of -> of.stream().map(use -> said[use.op()][use.input()]).toList())
                .toList();
    }

    private void explore(int op, Set<Integer> seen, List<List<Use>> uses, List<List<Use>> leafUses) {
        if (!seen.add(op)) {
            return;
        }
        List<Ref> inputs = ops.get(op).inputs();
        for (int i = 0; i < inputs.size(); i++) {
            Ref ref = inputs.get(i);
            if (ref.op() >= 0) {
                explore(ref.op(), seen, uses, leafUses);
            }
            (ref.op() < 0 ? leafUses.get(ref.output()) : uses.get(ref.op())).add(new Use(op, i));
        }
    }

    /** What an operation says of each of its inputs, given what its users said. */
    private String[] told(int op, List<Use> uses, String[][] said) {
        String[] came = new String[ops.get(op).outputs()];
        for (int output = 0; output < came.length; output++) {
            Set<String> texts = new LinkedHashSet<>();
            for (Use use : uses) {
                int used = use.op() < 0
                        ? 0
                        : ops.get(use.op()).inputs().get(use.input()).output();
                if (used == output) {
                    texts.add(use.op() < 0 ? (use.input() == 0 ? "A" : "B") : said[use.op()][use.input()]);
                }
            }
            came[output] = texts.isEmpty() ? "-" : texts.size() == 1 ? String.join("", texts) : Items.join(texts);
        }
        String[] told = new String[ops.get(op).inputs().size()];
        Arrays.setAll(told, i -> ops.get(op).name() + i + "(" + String.join(",", came) + ")");
        return told;
    }
}
