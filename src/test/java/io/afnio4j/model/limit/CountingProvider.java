package io.afnio4j.model.limit;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.afnio4j.error.AfnioException;
import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A provider under virtual time that counts what arrives in any sixty seconds, requests and tokens, refuses what is too
 * much, and fails in one of twenty requests: 500, 503, 529, reset, cut, malformed, slow, and now and then a 429 for no
 * reason. Requests are on their way for up to a tenth of a second, answers take 0.3 to 3 s.
 */
final class CountingProvider implements ChatModel {

    private record Arrival(long at, long tokens) {}

    private final int requestsPerMinute;
    private final long tokensPerMinute;
    private final int largestAnswer;
    private final Scheduler time;
    private final SplittableRandom chance = new SplittableRandom(7);
    private final Deque<Arrival> lastMinute = new ArrayDeque<>();

    private long tokensInMinute;
    int arrived;
    long tokens;
    long firstAt = -1;
    long lastAt;
    int overTheLimit;
    int mostRequests;
    long mostTokens;
    int faults;

    final byte[] sent;
    final byte[] failed;

    CountingProvider(int calls, int requestsPerMinute, long tokensPerMinute, int largestAnswer, Scheduler time) {
        this.requestsPerMinute = requestsPerMinute;
        this.tokensPerMinute = tokensPerMinute;
        this.largestAnswer = largestAnswer;
        this.time = time;
        this.sent = new byte[calls];
        this.failed = new byte[calls];
    }

    @Override
    public String name() {
        return "counting/model";
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return Mono.defer(() -> {
            int call = Integer.parseInt(ManualChatModel.textOf(request).strip().split(" ", 2)[0]);
            sent[call]++;
            return later(5 + chance.nextInt(100))
                    .then(Mono.defer(() -> arrive(request, call)))
                    .doOnError(failure -> failed[call]++);
        });
    }

    private Mono<Long> later(long millis) {
        return Mono.delay(Duration.ofMillis(millis), time);
    }

    private Mono<ChatResponse> arrive(ChatRequest request, int call) {
        Usage usage = Usage.of(10 + ManualChatModel.textOf(request).length() / 4, 1 + chance.nextInt(largestAnswer));
        AfnioException refusal = count(usage.totalTokens());
        if (refusal != null) {
            return Mono.error(refusal);
        }
        int latency = 300 + chance.nextInt(2_700);
        if (chance.nextInt(20) != 0) {
            return answer(call, usage, latency);
        }
        faults++;
        return switch (chance.nextInt(20)) {
            case 0, 1, 2 -> Mono.error(new UnavailableException("500", null));
            case 3, 4, 5 -> Mono.error(new UnavailableException("503", Duration.ofMillis(700)));
            case 6, 7, 8 -> Mono.error(new UnavailableException("529", null));
            case 9, 10, 11 -> later(latency).then(Mono.error(UnavailableException.answerLost("reset", null)));
            case 12, 13 -> later(latency).then(Mono.error(new BrokenAnswerException("cut", null)));
            case 14, 15 -> later(latency).then(Mono.error(new BrokenAnswerException("malformed", null)));
            case 16 -> Mono.error(new ThrottledException("429", Duration.ofMillis(100)));
            default -> answer(call, usage, 20_000);
        };
    }

    private Mono<ChatResponse> answer(int call, Usage usage, long latency) {
        return later(latency).thenReturn(new ChatResponse(String.valueOf(call), FinishReason.STOP, usage, name()));
    }

    private @Nullable AfnioException count(long more) {
        long now = time.now(MILLISECONDS);
        firstAt = firstAt < 0 ? now : firstAt;
        lastAt = now;
        arrived++;
        tokens += more;
        lastMinute.add(new Arrival(now, more));
        tokensInMinute += more;
        while (lastMinute.getFirst().at() <= now - 60_000) {
            tokensInMinute -= lastMinute.removeFirst().tokens();
        }
        mostRequests = Math.max(mostRequests, lastMinute.size());
        mostTokens = Math.max(mostTokens, tokensInMinute);
        if (lastMinute.size() <= requestsPerMinute && tokensInMinute <= tokensPerMinute) {
            return null;
        }
        overTheLimit++;
        return new ThrottledException("too many", Duration.ofSeconds(1));
    }

    /** How much of the limit that was nearest was used between the first and the last arrival. */
    double achieved() {
        double minutes = (lastAt - firstAt) / 60_000.0;
        return Math.max(arrived / minutes / requestsPerMinute, tokens / minutes / tokensPerMinute);
    }
}
