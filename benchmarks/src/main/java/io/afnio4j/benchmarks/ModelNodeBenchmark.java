package io.afnio4j.benchmarks;

import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Engine;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Inputs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Mono;

/**
 * What a node that asks a model costs where the model costs nothing: rendering the prompt of its forward again, writing the request for feedback around
 * it, asking, and storing the answer. Each of the chat completions has a prompt of its own to serve.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xms4g", "-Xmx4g"})
@Warmup(iterations = 8, time = 1)
@Measurement(iterations = 8, time = 1)
@State(Scope.Benchmark)
public class ModelNodeBenchmark {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Param({"100", "10000"})
    public int nodes;

    private final List<Variable> leaves = new ArrayList<>();
    private Mono<Void> pass = Mono.empty();

    @Setup
    public void build() {
        List<Variable> answers = new ArrayList<>(nodes);
        for (int i = 0; i < nodes; i++) {
            Variable leaf = new Parameter(Texts.PROMPT, "prompt that asks for a category");
            leaves.add(leaf);
            answers.add(ChatCompletion.of(
                            FixedModel.atOnce("cognition " + i), // equal questions would be asked once
                            List.of(Message.user(leaf)),
                            Inputs.of("definition", Texts.INPUT))
                    .as("category of the definition")
                    .run()
                    .block(LIMIT));
        }
        Variable feedback = new Variable(Texts.FEEDBACK, "feedback to the category of the definition");
        BackwardClient client = FixedModel.atOnce(Texts.FEEDBACK).asBackwardClient();
        pass = Engine.backward(
                        answers, Collections.nCopies(nodes, feedback), BackwardOptions.DEFAULTS.retainGraph(true))
                .contextWrite(client::in);
    }

    @Benchmark
    public void backward(CpuTime cpu) {
        cpu.measure(() -> pass.block(LIMIT));
        int gradients = 0;
        for (Variable leaf : leaves) {
            gradients += leaf.grad().size();
            leaf.clearGrad();
        }
        if (gradients != nodes) {
            throw new IllegalStateException("Got " + gradients + " gradients for " + nodes + " leaves.");
        }
    }
}
