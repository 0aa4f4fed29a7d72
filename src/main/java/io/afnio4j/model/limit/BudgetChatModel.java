package io.afnio4j.model.limit;

import io.afnio4j.error.BudgetExceededException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.Cost;
import io.afnio4j.model.Price;
import io.afnio4j.model.Usage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Spends no more than a limit. Before a call its likely cost is reserved: a token for each three characters of the prompt,
 * rounded up, and {@code max_completion_tokens} (1,000 where the request doesn't say) for the answer. A call whose
 * reservation doesn't fit beside what was spent and what the calls in flight have reserved fails with
 * {@link BudgetExceededException} and isn't sent. Afterwards the real usage takes the place of the reservation.
 *
 * <p>What fails or is cancelled before anything was heard releases its reservation; a stream that ends early is charged for
 * what came. Where the provider reports no usage, the charge is estimated in the same way from the texts. An estimate is no promise: the
 * limit may be passed by as much as the calls in flight cost more than was estimated, so give requests a
 * {@code max_completion_tokens} that they can't exceed.
 */
public final class BudgetChatModel implements ChatModel {

    private static final int CHARACTERS_PER_TOKEN = 3;
    private static final long DEFAULT_COMPLETION_TOKENS = 1_000;

    private final ChatModel model;
    private final Cost limit;
    private final Price price;
    private long spent; // nano-dollars, guarded by this
    private long reserved; // nano-dollars, guarded by this

    /**
     * Limits what a model may cost.
     *
     * @param model what to call
     * @param limit the most that may be spent
     * @param price what the model charges
     * @throws IllegalArgumentException where the price isn't known
     */
    public BudgetChatModel(ChatModel model, Cost limit, @Nullable Price price) {
        if (price == null) {
            throw new IllegalArgumentException("The price of " + model.name()
                    + " isn't known, so a limit on its cost can't be kept. Give it with ClientOptions.price.");
        }
        this.model = model;
        this.limit = limit;
        this.price = price;
    }

    @Override
    public String name() {
        return model.name();
    }

    @Override
    public void close() {
        model.close();
    }

    /**
     * What was spent so far, reservations not included.
     *
     * @return a snapshot
     */
    public synchronized Cost spent() {
        return new Cost(spent);
    }

    /**
     * What the calls in flight have reserved.
     *
     * @return a snapshot
     */
    public synchronized Cost reserved() {
        return new Cost(reserved);
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return Mono.defer(() -> {
            Reservation reservation = reserve(request);
            return Mono.defer(() -> model.chat(request))
                    .doOnNext(answer -> reservation.heard(answer.text(), answer.usage()))
                    .doOnTerminate(reservation::settle)
                    .doOnCancel(reservation::settle);
        });
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return Flux.defer(() -> {
            Reservation reservation = reserve(request);
            return Flux.defer(() -> model.stream(request))
                    .doOnNext(chunk -> reservation.heard(chunk.text(), chunk.usage()))
                    .doOnTerminate(reservation::settle)
                    .doOnCancel(reservation::settle);
        });
    }

    private synchronized Reservation reserve(ChatRequest request) {
        long promptTokens = tokens(request.messages().stream()
                .map(ChatMessage::text)
                .mapToLong(String::length)
                .sum());
        Cost estimate = price.of(Usage.of(promptTokens, longestAnswer(request)));
        if (estimate.nanoDollars() > limit.nanoDollars() - spent - reserved) {
            throw new BudgetExceededException("The budget of " + limit + " has no room for a call to " + model.name()
                    + ": "
                    + spent() + " is spent, " + reserved() + " is reserved for calls in flight, and this one may cost "
                    + estimate + ". Raise ClientOptions.maxCost, or lower max_completion_tokens.");
        }
        reserved += estimate.nanoDollars();
        return new Reservation(promptTokens, estimate.nanoDollars());
    }

    private static long longestAnswer(ChatRequest request) {
        // Servers that follow the older protocol know the limit by its older name.
        return Stream.of("max_completion_tokens", "max_tokens")
                .map(field -> request.options().fields().get(field))
                .filter(Number.class::isInstance)
                .mapToLong(limit -> Math.max(0, ((Number) limit).longValue()))
                .findFirst()
                .orElse(DEFAULT_COMPLETION_TOKENS);
    }

    private static long tokens(long characters) {
        return (characters + CHARACTERS_PER_TOKEN - 1) / CHARACTERS_PER_TOKEN;
    }

    /** Money set aside for one call. Guarded by the budget's lock: a cancel may cross an answer. */
    private final class Reservation {

        private final long promptTokens;
        private final long amount;
        private boolean anything;
        private boolean settled;
        private long characters;
        private Usage usage = Usage.NONE;

        private Reservation(long promptTokens, long amount) {
            this.promptTokens = promptTokens;
            this.amount = amount;
        }

        private void heard(String text, @Nullable Usage reported) {
            synchronized (BudgetChatModel.this) {
                anything = true;
                characters += text.length();
                if (reported != null) {
                    usage = reported;
                }
            }
        }

        private void settle() {
            synchronized (BudgetChatModel.this) {
                if (settled) {
                    return;
                }
                settled = true;
                reserved -= amount;
                spent += charge().nanoDollars();
            }
        }

        private Cost charge() {
            if (!anything) {
                return Cost.ZERO;
            }
            return price.of(usage.equals(Usage.NONE) ? Usage.of(promptTokens, tokens(characters)) : usage);
        }
    }
}
