package io.afnio4j.model.limit;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.model.EmbeddingModel;
import io.afnio4j.model.Embeddings;
import io.afnio4j.model.Usage;
import io.afnio4j.testing.Cancelling;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class CachingEmbeddingModelTest {

    private final EmbeddingWire wire = new EmbeddingWire(VirtualTimeScheduler.create());
    private final EmbeddingModel model = CachingEmbeddingModel.of(wire, 100);

    private static List<Float> firsts(Embeddings found) {
        return found.vectors().stream().map(vector -> vector[0]).toList();
    }

    @Test
    void asksForEachTextOnce() {
        wire.answer = (texts, attempt) -> Mono.just(wire.vectors(texts));

        Embeddings first = now(model.embed(List.of("3", "1", "3", "2")));
        Embeddings second = now(model.embed(List.of("2", "4", "1")));
        Embeddings third = now(model.embed(List.of("4", "4")));

        assertThat(wire.sent).containsExactly(List.of("3", "1"), List.of("2"), List.of("4"));
        assertThat(firsts(first)).containsExactly(3f, 1f, 3f, 2f);
        assertThat(firsts(second)).containsExactly(2f, 4f, 1f);
        assertThat(firsts(third)).containsExactly(4f, 4f);
        assertThat(List.of(first.usage(), second.usage(), third.usage()))
                .containsExactly(Usage.of(3, 0), Usage.of(1, 0), Usage.NONE);
    }

    @Test
    void keepsWhatWasPaidForWhereAnotherRequestFails() {
        wire.answer = (texts, attempt) ->
                texts.contains("3") ? Mono.error(new RejectedRequestException("no")) : Mono.just(wire.vectors(texts));
        StepVerifier.create(model.embed(List.of("0", "1", "2", "3")))
                .expectError(RejectedRequestException.class)
                .verify(Duration.ofSeconds(5));

        wire.answer = (texts, attempt) -> Mono.just(wire.vectors(texts));

        assertThat(firsts(now(model.embed(List.of("0", "1", "2", "3"))))).containsExactly(0f, 1f, 2f, 3f);
        assertThat(wire.sent).containsExactly(List.of("0", "1"), List.of("2", "3"), List.of("2", "3"));
    }

    /** Two requests at once: the first fails while the second is on its way, and the third is never sent. */
    @Test
    void keepsWhatWasOnItsWayWhereAnotherRequestFailsAndSendsNoMore() {
        Sinks.One<Embeddings> failing = Sinks.one();
        Sinks.One<Embeddings> slow = Sinks.one();
        wire.atOnce = 2;
        wire.answer = (texts, attempt) -> texts.contains("0") ? failing.asMono() : slow.asMono();
        StepVerifier.create(model.embed(List.of("0", "1", "2", "3", "4", "5")))
                .then(() -> failing.emitError(new RejectedRequestException("no"), Sinks.EmitFailureHandler.FAIL_FAST))
                .then(() -> slow.emitValue(wire.vectors(List.of("2", "3")), Sinks.EmitFailureHandler.FAIL_FAST))
                .expectErrorMessage("no")
                .verify(Duration.ofSeconds(5));
        assertThat(wire.sent).containsExactly(List.of("0", "1"), List.of("2", "3"));
        wire.answer = (texts, attempt) -> Mono.just(wire.vectors(texts));
        wire.sent.clear();

        assertThat(firsts(now(model.embed(List.of("3", "2"))))).containsExactly(3f, 2f);
        assertThat(wire.sent).isEmpty();
    }

    @Test
    void aSlowRequestHoldsUpNobodyButItself() {
        Sinks.One<Embeddings> slow = Sinks.one();
        wire.atOnce = 2;
        wire.answer = (texts, attempt) -> texts.contains("0") ? slow.asMono() : Mono.just(wire.vectors(texts));

        var asking = model.embed(
                        IntStream.range(0, 10).mapToObj(Integer::toString).toList())
                .subscribe();

        assertThat(wire.sent).hasSize(5);
        asking.dispose();
    }

    @Test
    void insideAPassThatCancelsAFailureCancelsWhatIsOnItsWay() {
        wire.atOnce = 2;
        wire.answer = (texts, attempt) -> texts.contains("0")
                ? Mono.<Embeddings>never().doOnCancel(() -> wire.cancelled++)
                : Mono.error(new RejectedRequestException("no"));

        StepVerifier.create(model.embed(List.of("0", "1", "2", "3")).contextWrite(new Cancelling()::in))
                .expectErrorMessage("no")
                .verify(Duration.ofSeconds(5));
        assertThat(wire.cancelled).isEqualTo(1);
    }

    @Test
    void tellsTheFirstFailureInTheOrderOfTheTextsWhicheverCameFirst() {
        Sinks.One<Embeddings> slow = Sinks.one();
        wire.atOnce = 2;
        wire.answer = (texts, attempt) ->
                texts.contains("0") ? slow.asMono() : Mono.error(new RejectedRequestException("second"));

        StepVerifier.create(model.embed(List.of("0", "1", "2", "3")))
                .then(() -> slow.emitError(new RejectedRequestException("first"), Sinks.EmitFailureHandler.FAIL_FAST))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .hasMessage("first")
                        .satisfies(first -> assertThat(first.getSuppressed()).hasSize(1)))
                .verify(Duration.ofSeconds(5));
    }

    @Test
    void sendsNoMoreRequestsAtTheSameTimeThanTheModelWould() {
        wire.atOnce = 3;
        wire.answer = (texts, attempt) -> Mono.never();

        var asking = model.embed(
                        IntStream.range(0, 1000).mapToObj(Integer::toString).toList())
                .subscribe();

        assertThat(wire.sent).hasSize(3);
        asking.dispose();
    }

    @Test
    void givesAllVectorsAlsoWhereItCanKeepOnlyAFew() {
        wire.answer = (texts, attempt) -> Mono.just(wire.vectors(texts));
        EmbeddingModel small = CachingEmbeddingModel.of(wire, 1);

        for (int call = 0; call < 2; call++) {
            assertThat(firsts(now(small.embed(List.of("0", "1", "2", "3", "4")))))
                    .containsExactly(0f, 1f, 2f, 3f, 4f);
        }
    }

    @Test
    void asksForNothingWhereThereAreNoTextsAndRefusesAtTheCallWhatTheModelRefuses() {
        assertThat(now(model.embed(List.of())).vectors()).isEmpty();
        assertThat(wire.sent).isEmpty();
        assertThatThrownBy(() -> model.embed(List.of(""))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CachingEmbeddingModel.of(wire, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
