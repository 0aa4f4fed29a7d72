package io.afnio4j.model.limit;

import static io.afnio4j.model.limit.ManualChatModel.ask;
import static io.afnio4j.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.context.Forgetting;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import io.afnio4j.model.script.ScriptedChatModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** Several who ask the same, of whom some can't use the answer. */
class ForgottenAnswersTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final List<Sinks.One<ChatResponse>> asked = new ArrayList<>();
    private final ScriptedChatModel wire = ScriptedChatModel.builder()
            .responding(request -> {
                Sinks.One<ChatResponse> answer = Sinks.one();
                asked.add(answer);
                return answer.asMono();
            })
            .build();

    private final List<String> heard = new ArrayList<>();

    @TempDir
    private Path folder;

    private void answer(int call, String text) {
        asked.get(call)
                .tryEmitValue(new ChatResponse(text, FinishReason.STOP, Usage.of(1, 1), "m"))
                .orThrow();
    }

    private static boolean isUseless(Throwable failure) {
        return failure instanceof IllegalStateException;
    }

    private static String read(String text) {
        if (text.equals("useless")) {
            throw new IllegalStateException(text);
        }
        return text;
    }

    /** Asks, whole or streamed, and gives up where the answer says that it is useless. */
    private enum Asking {
        WHOLE {
            @Override
            Mono<String> of(ChatModel model, Mono<Void> beforeReading) {
                return Forgetting.where(
                        ForgottenAnswersTest::isUseless,
                        model.chat(ask("q")).delayUntil(answer -> beforeReading).map(answer -> read(answer.text())));
            }
        },
        STREAMED {
            @Override
            Mono<String> of(ChatModel model, Mono<Void> beforeReading) {
                return Forgetting.where(
                        ForgottenAnswersTest::isUseless,
                        model.stream(ask("q"))
                                .map(ChatChunk::text)
                                .reduce("", String::concat)
                                .delayUntil(answer -> beforeReading)
                                .map(ForgottenAnswersTest::read));
            }
        };

        abstract Mono<String> of(ChatModel model, Mono<Void> beforeReading);
    }

    private void hear(Mono<String> call) {
        var unused =
                call.onErrorReturn(ForgottenAnswersTest::isUseless, "gave up").subscribe(heard::add);
    }

    @ParameterizedTest
    @EnumSource
    void whoGivesUpLateTakesNoAnswerOutThatHasComeSince(Asking asking) {
        ChatModel model = new CachingChatModel(wire, MemoryCache.of(10), "");
        Sinks.Empty<Void> late = Sinks.empty();
        hear(asking.of(model, Mono.empty()));
        hear(asking.of(model, late.asMono()));

        answer(0, "useless");
        assertThat(heard).containsExactly("gave up");
        hear(asking.of(model, Mono.empty()));
        answer(1, "good");
        late.tryEmitEmpty().orThrow();

        assertThat(heard).containsExactly("gave up", "good", "gave up");
        hear(asking.of(model, Mono.empty()));
        assertThat(heard).endsWith("gave up", "good");
        assertThat(asked).hasSize(2);
    }

    @Test
    void whoJoinedAndTriesAgainIsNotGivenTheSameAnswer() {
        ChatModel model = new CachingChatModel(wire, MemoryCache.of(10), "");
        Mono<String> call = Asking.WHOLE.of(model, Mono.empty()).retry(1);
        Stream.of(1, 2, 3).forEach(caller -> hear(call));
        assertThat(asked).hasSize(1);

        answer(0, "useless");
        answer(1, "good");

        assertThat(heard).containsExactly("good", "good", "good");
        assertThat(asked).hasSize(2);
    }

    @Test
    void whatIsReadWithinSomethingElseIsForgottenWhenThatGivesUp() {
        ChatModel model = new CachingChatModel(wire, MemoryCache.of(10), "");
        Mono<String> inner =
                Forgetting.where(failure -> true, model.chat(ask("q")).map(ChatResponse::text));
        Mono<String> outer = Forgetting.where(ForgottenAnswersTest::isUseless, inner.map(ForgottenAnswersTest::read));

        hear(outer);
        answer(0, "useless");
        hear(outer);
        answer(1, "good");

        assertThat(heard).containsExactly("gave up", "good");
    }

    @Test
    void aJournalKeepsTheLastAnswerOfTwoModelsWhereTheFirstIsForgotten() {
        Path file = folder.resolve("journal");
        Journal journal = Journal.in(file);
        ChatModel one = journal.keeping(wire);
        ChatModel other = journal.keeping(wire);
        Sinks.Empty<Void> late = Sinks.empty();
        Mono<Void> both = Flux.merge(
                        Asking.WHOLE.of(one, late.asMono()).onErrorReturn("gave up"),
                        Asking.WHOLE
                                .of(other, Mono.empty())
                                .doOnNext(good -> late.tryEmitEmpty().orThrow()))
                .doOnNext(heard::add)
                .then(Mono.error(new IllegalArgumentException("the work failed")));

        StepVerifier.create(journal.around(both))
                .expectSubscription()
                .then(() -> until(() -> asked.size() == 2))
                .then(() -> answer(0, "useless"))
                .then(() -> answer(1, "good"))
                .expectError(IllegalArgumentException.class)
                .verify(LIMIT);

        assertThat(heard).containsExactlyInAnyOrder("gave up", "good");
        StepVerifier.create(journal.around(Asking.WHOLE.of(one, Mono.empty())))
                .expectNext("good")
                .expectComplete()
                .verify(LIMIT);
        assertThat(asked).hasSize(2);
        StepVerifier.create(journal.closeLater()).expectComplete().verify(LIMIT);
    }
}
