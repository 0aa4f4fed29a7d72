package io.afnio4j.autodiff;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A graph of the library's own functions, drawn from a seed, with calls among them that answer when their signal comes.
 * Beside what the engine brings to its leaves it says what a sequential reference finds, which walks the same functions
 * by recursion and knows nothing of nodes.
 */
final class PureGraph {

    private enum Kind {
        UPPER,
        ADD,
        SUM,
        MAP,
        SPLIT,
        CALL
    }

    /** One application of a function. */
    private record Op(Kind kind, List<Variable> inputs, List<Variable> outputs) {}

    /** One use of a variable: as an input of an operation, or, where the operation is -1, as a root. */
    private record Use(int op, int input) {}

    private final Random random;
    private final boolean batch;
    private final List<Variable> leaves = new ArrayList<>();
    private final List<Op> ops = new ArrayList<>();
    private final List<Variable> roots;
    private final List<Variable> seeds;

    /** Draws a graph; each call waits for a signal of its own. */
    PureGraph(long seed, Supplier<Mono<?>> signal) {
        this.random = new Random(seed);
        this.batch = random.nextBoolean();
        for (int i = 0; i < 3; i++) {
            leaves.add(
                    new Variable(batch ? List.of("a,b" + i, "c") : "a,b" + i, "x" + i, i == 0 || random.nextBoolean()));
        }
        Variable last = leaves.get(0);
        for (int count = 1 + random.nextInt(9); count > 0; count--) {
            last = draw(last, signal);
        }
        this.roots = List.of(last, leaves.get(0).upper().requiresGrad() ? made(any()) : last);
        this.seeds = List.of(feedback("A"), feedback(random.nextBoolean() ? "B" : "A"));
    }

    /** Makes the next operation, mostly of what the last one made, so that graphs get deep. */
    private Variable draw(Variable last, Supplier<Mono<?>> signal) {
        Variable first = random.nextInt(3) > 0 ? last : any();
        Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
        List<Variable> inputs =
                switch (kind) {
                    case ADD -> List.of(first, any());
                    case SUM, CALL -> List.of(any(), first, any());
                    default -> List.of(first);
                };
        List<Variable> outputs =
                switch (kind) {
                    case UPPER -> List.of(first.upper());
                    case ADD -> List.of(first.plus(inputs.get(1)));
                    case SUM -> List.of(Variable.sum(inputs));
                    case MAP -> List.of(first.map(text -> text + ",", "mapped"));
                    case SPLIT -> first.split(",", 2);
                    case CALL -> new Call(signal.get()).applyAll(inputs);
                };
        ops.add(new Op(kind, inputs, outputs));
        return outputs.get(random.nextInt(outputs.size()));
    }

    private Variable any() {
        int from = random.nextInt(ops.size() + leaves.size()) - leaves.size();
        List<Variable> among = from < 0 ? leaves : ops.get(from).outputs();
        return among.get(random.nextInt(among.size()));
    }

    /** A root has to be made by a watched function. */
    private Variable made(Variable candidate) {
        if (candidate.gradFn() != null) {
            return candidate;
        }
        Variable made = leaves.get(0).upper();
        ops.add(new Op(Kind.UPPER, List.of(leaves.get(0)), List.of(made)));
        return made;
    }

    private Variable feedback(String text) {
        return new Variable(batch ? List.of(text, random.nextBoolean() ? "" : text + "2") : text, "feedback");
    }

    Mono<Void> pass(BackwardOptions options) {
        return Engine.backward(List.of(made(roots.get(0)), roots.get(1)), seeds, options);
    }

    /** What the leaves have got so far, as texts per entry and sample. */
    List<List<List<String>>> grads() {
        return leaves.stream()
                .map(leaf -> leaf.grad().stream().map(Variable::texts).toList())
                .toList();
    }

    void clear() {
        leaves.forEach(Variable::clearGrad);
    }

    private record Said(List<String> originals, boolean relayed, String role) {

        List<String> texts() {
            return originals.stream().map(this::text).toList();
        }

        private String text(String original) {
            return !relayed || original.isBlank()
                    ? original
                    : "Feedback on a result that was made from " + role + " and other variables:\n\n" + original;
        }
    }

    private final IdentityHashMap<Variable, List<Use>> uses = new IdentityHashMap<>();
    private final Set<Integer> seen = new HashSet<>();
    private final Map<Use, Said> said = new HashMap<>();

    List<List<List<String>>> reference() {
        explore(made(roots.get(0)), new Use(-1, 0));
        explore(roots.get(1), new Use(-1, 1));
        for (int i = 0; i < seeds.size(); i++) {
            said.put(new Use(-1, i), new Said(seeds.get(i).texts(), false, ""));
        }
        for (int op = ops.size() - 1; op >= 0; op--) {
            if (seen.contains(op)) {
                List<@Nullable Said> came = new ArrayList<>();
                ops.get(op).outputs().forEach(output -> came.add(join(ofUsers(output))));
                for (int i = 0; i < ops.get(op).inputs().size(); i++) {
                    said.put(new Use(op, i), back(ops.get(op), i, came));
                }
            }
        }
        return leaves.stream()
                .map(leaf -> ofUsers(leaf).stream().map(Said::texts).toList())
                .toList();
    }

    /** Depth first, left to right: a use counts once all below it is known. */
    private void explore(Variable variable, Use use) {
        for (int op = 0; op < ops.size(); op++) {
            if (ops.get(op).outputs().stream().anyMatch(output -> output == variable) && seen.add(op)) {
                List<Variable> inputs = ops.get(op).inputs();
                for (int i = 0; i < inputs.size(); i++) {
                    if (inputs.get(i).requiresGrad()) {
                        explore(inputs.get(i), new Use(op, i));
                    }
                }
            }
        }
        uses.computeIfAbsent(variable, unused -> new ArrayList<>()).add(use);
    }

    private List<Said> ofUsers(Variable variable) {
        return uses.getOrDefault(variable, List.of()).stream().map(said::get).toList();
    }

    private static @Nullable Said join(List<Said> said) {
        if (said.size() < 2) {
            return said.isEmpty() ? null : said.get(0);
        }
        boolean relayed = said.stream().allMatch(Said::relayed);
        List<List<String>> texts =
                said.stream().map(relayed ? Said::originals : Said::texts).toList();
        return new Said(
                samples(
                        texts.get(0).size(),
                        i -> once(texts.stream().map(t -> t.get(i)).toList())),
                relayed,
                said.get(0).role());
    }

    private static String once(List<String> texts) {
        Set<String> distinct =
                texts.stream().filter(text -> !text.isBlank()).collect(Collectors.toCollection(LinkedHashSet::new));
        return distinct.size() == 1 ? distinct.iterator().next() : items(distinct);
    }

    private static String items(Iterable<String> texts) {
        StringBuilder items = new StringBuilder();
        texts.forEach(text -> items.append("<ITEM>").append(text).append("</ITEM>"));
        return items.toString();
    }

    private static Said back(Op op, int input, List<@Nullable Said> came) {
        String role = op.inputs().get(input).role();
        Said first = came.get(0);
        int samples = op.inputs().get(input).size();
        return switch (op.kind()) {
            case UPPER, ADD, SUM -> new Said(first.originals(), true, role);
            case MAP -> new Said(first.originals(), first.relayed(), role);
            case SPLIT -> new Said(samples(samples, i -> parts(came, i)), false, role);
            case CALL ->
                new Said(samples(samples, i -> input + "(" + first.texts().get(i) + ")"), false, role);
        };
    }

    private static String parts(List<@Nullable Said> came, int sample) {
        List<String> texts = came.stream()
                .map(part -> part == null ? "" : part.texts().get(sample))
                .toList();
        return texts.stream().allMatch(String::isBlank) ? "" : items(texts);
    }

    private static List<String> samples(int count, java.util.function.IntFunction<String> each) {
        return IntStream.range(0, count).mapToObj(each).toList();
    }

    /** Says of each input which it is and what came, once its signal has come. */
    private static final class Call extends PureFunction {

        private final Mono<?> signal;

        private Call(Mono<?> signal) {
            this.signal = signal;
        }

        @Override
        protected int modelCalls() {
            return 1;
        }

        @Override
        protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
            return List.of(new Variable(context.input(1).mapTexts(text -> text, "answer"), false));
        }

        @Override
        protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
            return context.once("the only call", signal.thenReturn(true)).map(unused -> {
                List<@Nullable Variable> said = new ArrayList<>(context.noGradients());
                Value came = gradients.get(0).value();
                for (int i = 0; i < said.size(); i++) {
                    int input = i;
                    Value words = came.mapTexts(text -> input + "(" + text + ")", "feedback");
                    said.set(i, context.tie(i, new Variable(words, false), gradients));
                }
                return said;
            });
        }
    }
}
