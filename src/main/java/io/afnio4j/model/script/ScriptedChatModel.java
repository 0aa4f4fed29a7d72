package io.afnio4j.model.script;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.StringTokenizer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A model that follows a script and remembers what it was asked. The script is a list of answers, given in the order in
 * which calls start, or a function of the request.
 *
 * <pre>{@code
 * ScriptedChatModel model = ScriptedChatModel.answering("Paris", "Rome");
 * StepVerifier.create(model.chat(ChatRequest.of(ChatMessage.user("The capital of France?"))).map(ChatResponse::text))
 *         .expectNext("Paris")
 *         .verifyComplete();
 * assertThat(model.requests()).hasSize(1);
 * }</pre>
 *
 * <p>A stream hands the answer out word by word. A list that has run out is an {@link IllegalStateException} that comes
 * through the {@code Mono}. Safe to use from any thread; one instance is one run of the script.
 */
public final class ScriptedChatModel implements ChatModel {

    private final String name;
    private final Script script;
    private final @Nullable Usage usage;
    private final @Nullable Duration delay;

    /** Looked up each time, as virtual time may begin, and end, when the model is there already. */
    private final Supplier<Scheduler> timers;

    private final List<ChatRequest> requests = new ArrayList<>(); // guarded by this
    private int inFlight; // guarded by this
    private int mostInFlight; // guarded by this

    private ScriptedChatModel(Builder values) {
        this.name = values.name;
        this.script = values.script;
        this.usage = values.usage;
        this.delay = values.delay;
        this.timers = values.timers;
    }

    /**
     * A model that gives these answers, one a call, without delay.
     *
     * @param answers in the order of the calls
     * @return the model
     */
    public static ScriptedChatModel answering(String... answers) {
        return builder().answering(answers).build();
    }

    /**
     * A model that computes its answers, without delay.
     *
     * @param script from the request to the answer; what it throws comes through the {@code Mono}
     * @return the model
     */
    public static ScriptedChatModel by(Function<ChatRequest, String> script) {
        return builder().by(script).build();
    }

    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return Mono.defer(() -> play(new Call(request)));
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return Flux.defer(() -> play(new Call(request)).flatMapIterable(Words::of));
    }

    private Mono<ChatResponse> play(Call call) {
        Mono<ChatResponse> answer = Mono.defer(() -> script.answer(this, call.number, call.request));
        return (delay == null ? answer : Mono.delay(delay, timers.get()).then(answer))
                .doOnTerminate(call::end)
                .doOnCancel(call::end);
    }

    /** One call in flight, from its start until it is answered, fails or is cancelled, whichever is first. */
    private final class Call {

        private final ChatRequest request;
        private final int number;
        private boolean over;

        private Call(ChatRequest request) {
            this.request = request;
            synchronized (ScriptedChatModel.this) {
                requests.add(request);
                number = requests.size();
                mostInFlight = Math.max(mostInFlight, ++inFlight);
            }
        }

        private void end() {
            synchronized (ScriptedChatModel.this) {
                if (!over) {
                    over = true;
                    inFlight--;
                }
            }
        }
    }

    private ChatResponse response(ChatRequest request, String text) {
        Usage counted = usage == null ? Usage.of(words(request), words(text)) : usage;
        return new ChatResponse(text, FinishReason.STOP, counted, name);
    }

    private static long words(ChatRequest request) {
        return request.messages().stream()
                .map(ChatMessage::text)
                .mapToLong(ScriptedChatModel::words)
                .sum();
    }

    private static long words(String text) {
        return new StringTokenizer(text).countTokens();
    }

    /**
     * What was asked so far.
     *
     * @return a snapshot, in the order in which the calls started
     */
    public synchronized List<ChatRequest> requests() {
        return List.copyOf(requests);
    }

    /**
     * How many calls have started so far, failed and cancelled ones included.
     *
     * @return a snapshot
     */
    public synchronized int calls() {
        return requests.size();
    }

    /**
     * How many calls have started and not yet ended.
     *
     * @return a snapshot; a call has ended before its answer is seen
     */
    public synchronized int inFlight() {
        return inFlight;
    }

    /**
     * How many calls were in flight at the busiest moment so far.
     *
     * @return a snapshot
     */
    public synchronized int mostInFlight() {
        return mostInFlight;
    }

    @FunctionalInterface
    private interface Script {
        Mono<ChatResponse> answer(ScriptedChatModel model, int call, ChatRequest request);
    }

    /** Collects what a scripted model is to do; each method returns the builder. */
    public static final class Builder {

        private String name = "script/model";
        private Script script = list(List.of());
        private @Nullable Usage usage;
        private @Nullable Duration delay;
        private Supplier<Scheduler> timers = Schedulers::parallel;

        private Builder() {}

        /**
         * The model's path. Default: {@code script/model}.
         *
         * @param path for example {@code openai/gpt-4o}, to have its price
         */
        public Builder name(String path) {
            this.name = Objects.requireNonNull(path);
            return this;
        }

        /**
         * Gives these answers, one a call; further calls fail.
         *
         * @param answers in the order of the calls
         */
        public Builder answering(String... answers) {
            this.script = list(List.of(answers));
            return this;
        }

        /**
         * Computes the answers.
         *
         * @param answer from the request to the words of the answer
         */
        public Builder by(Function<ChatRequest, String> answer) {
            this.script = (model, call, request) -> Mono.just(model.response(
                    request,
                    Objects.requireNonNull(
                            answer.apply(request), "The script's function gave null for an answer. Give it words.")));
            return this;
        }

        /**
         * Answers with whole responses, later or with errors where the function wants it.
         *
         * @param answer from the request to the response
         */
        public Builder responding(Function<ChatRequest, Mono<ChatResponse>> answer) {
            this.script = (model, call, request) -> answer.apply(request);
            return this;
        }

        /**
         * The usage of each answer. Default: a token a word.
         *
         * @param each the tokens of one call
         */
        public Builder usage(Usage each) {
            this.usage = each;
            return this;
        }

        /**
         * How long each call takes. Default: no time.
         *
         * @param each the time of one call
         */
        public Builder delay(Duration each) {
            this.delay = each;
            return this;
        }

        /**
         * What measures the delay. Default: {@link Schedulers#parallel()}, which virtual time replaces.
         *
         * @param scheduler runs the answers
         */
        public Builder timers(Scheduler scheduler) {
            this.timers = () -> scheduler;
            return this;
        }

        public ScriptedChatModel build() {
            return new ScriptedChatModel(this);
        }

        private static Script list(List<String> answers) {
            return (model, call, request) -> call <= answers.size()
                    ? Mono.just(model.response(request, answers.get(call - 1)))
                    : Mono.error(new IllegalStateException(
                            "The script ran out: it has " + answers.size() + " answer(s), and this is call " + call
                                    + ". Give it more, or compute them with ScriptedChatModel.by(...)."));
        }
    }
}
