package io.afnio4j.model.script;

import io.afnio4j.error.RetriableException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Makes a model unreliable, the same way each time. Which {@link Fault} a call meets depends only on its number,
 * counted as calls start: from a plan, or by chance from a seed. A call that is refused doesn't reach the model
 * beneath; one whose answer is lost does.
 *
 * <pre>{@code
 * ChatModel flaky = FaultyChatModel.planned(ScriptedChatModel.answering("Paris"), Fault.throttled(Duration.ofSeconds(2)));
 * ChatModel model = Resilience.around(flaky, ClientOptions.defaults(), new UsageMeter());
 * // The first attempt is throttled; model answers "Paris" after two seconds.
 * }</pre>
 */
public final class FaultyChatModel extends ChatModelDecorator {

    private final IntFunction<Fault> faults;
    private final Supplier<Scheduler> timers;
    private final AtomicInteger calls = new AtomicInteger();

    /**
     * Makes a model unreliable by a rule of one's own.
     *
     * @param model what is called where nothing goes wrong
     * @param faults what goes wrong, by the number of the call, from 0; called from any thread
     * @param timers runs what is held up
     */
    public FaultyChatModel(ChatModel model, IntFunction<Fault> faults, Scheduler timers) {
        this(model, faults, () -> timers);
    }

    /** The timers are looked up each time, as virtual time may begin, and end, when the model is there already. */
    private FaultyChatModel(ChatModel model, IntFunction<Fault> faults, Supplier<Scheduler> timers) {
        super(model);
        this.faults = faults;
        this.timers = timers;
    }

    /**
     * Faults by a plan.
     *
     * @param model what is called where nothing goes wrong
     * @param plan what goes wrong with the first call, the second, and so on; nothing does with later ones
     * @return the unreliable model
     */
    public static FaultyChatModel planned(ChatModel model, Fault... plan) {
        List<Fault> faults = List.of(plan);
        return new FaultyChatModel(
                model, call -> call < faults.size() ? faults.get(call) : Fault.NONE, Schedulers::parallel);
    }

    /**
     * Faults by chance, the same for the same seed.
     *
     * @param model what is called where nothing goes wrong
     * @param seed another seed, other faults
     * @param probability that a call meets a fault, from 0 to 1
     * @param kinds the faults, all equally likely
     * @return the unreliable model
     */
    public static FaultyChatModel random(ChatModel model, long seed, double probability, Fault... kinds) {
        List<Fault> faults = List.of(kinds);
        if (faults.isEmpty() || !(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("Random faults need a probability from 0 to 1, not " + probability
                    + ", and at least one kind of fault, not " + faults.size() + ".");
        }
        return new FaultyChatModel(
                model,
                call -> {
                    SplittableRandom chance = new SplittableRandom(seed * 0x632BE59BD9B4E019L + call);
                    return chance.nextDouble() < probability ? faults.get(chance.nextInt(faults.size())) : Fault.NONE;
                },
                Schedulers::parallel);
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return Mono.defer(() -> {
            Fault fault = next();
            Mono<ChatResponse> answer = Mono.defer(() -> model.chat(request));
            return held(fault)
                    .then(
                            fault.answerLost()
                                    ? answer.then(failure(fault))
                                    : failure(fault).then(answer));
        });
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return Flux.defer(() -> {
            Fault fault = next();
            Flux<ChatChunk> answer = Flux.defer(() -> model.stream(request));
            return held(fault)
                    .thenMany(
                            fault.answerLost()
                                    ? firstHalf(answer).concatWith(failure(fault))
                                    : FaultyChatModel.<ChatChunk>failure(fault).thenMany(answer));
        });
    }

    private static Flux<ChatChunk> firstHalf(Flux<ChatChunk> answer) {
        return answer.collectList().flatMapIterable(pieces -> pieces.subList(0, pieces.size() / 2));
    }

    /**
     * How many calls have started so far, failed ones included.
     *
     * @return a snapshot
     */
    public int calls() {
        return calls.get();
    }

    private Fault next() {
        return faults.apply(calls.getAndIncrement());
    }

    private Mono<Void> held(Fault fault) {
        return fault.delay().isZero()
                ? Mono.empty()
                : Mono.delay(fault.delay(), timers.get()).then();
    }

    /** The failure, or nothing where the call goes on. */
    private static <T> Mono<T> failure(Fault fault) {
        @Nullable Supplier<? extends RetriableException> failure = fault.failure();
        return failure == null ? Mono.empty() : Mono.error(failure);
    }
}
