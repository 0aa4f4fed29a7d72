package io.afnio4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.data.DataLoader;
import io.afnio4j.data.Dataset;
import io.afnio4j.error.AfnioException;
import io.afnio4j.error.AuthenticationException;
import io.afnio4j.error.IncompleteAnswerException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.optim.TGD;
import io.afnio4j.testing.FakeModel;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Steps whose rewrites can't be used: an answer without the place {word} is sent back once. */
class FailedRewritesTest extends Shouting {

    private static final Trainer LONG = Trainer.builder().epochs(10).build();

    private void useless(int steps) {
        rewrites.addAll(0, Collections.nCopies(2 * steps, "Nothing."));
    }

    /** An optimizer whose model fails at first. */
    private void failing(AfnioException first) {
        AtomicInteger calls = new AtomicInteger();
        FakeModel editor = FakeModel.reacting(request -> calls.getAndIncrement() == 0
                ? Mono.error(first)
                : Mono.just("<improved_value>\nSHOUT: {word}\n</improved_value>"));
        shouter.optimizer = TGD.builder(editor, List.of(shouter.prompt)).build();
    }

    static List<AfnioException> ofTheWords() {
        return List.of(
                new UnexpectedAnswerException("I can't help with that."),
                new IncompleteAnswerException("cut"),
                RejectedRequestException.filtered("against the rules"));
    }

    @Test
    void leaveThePromptAsItWasAndTheTrainingGoesOn() {
        useless(2);

        List<TrainingEvent> events = run(LONG, false);

        assertThat(only(TrainingEvent.NotRewritten.class, events))
                .hasSize(2)
                .extracting(
                        TrainingEvent.NotRewritten::step, event -> event.cause().getMessage())
                .allSatisfy(told -> assertThat(told.toList().get(1)).asString().contains("the place {word} is lost"))
                .extracting(told -> told.toList().get(0))
                .containsExactly(1, 2);
        assertThat(only(TrainingEvent.StepFinished.class, events)).hasSize(20);
        assertThat(shouter.prompt.text()).isEqualTo("SHOUT: {word}");
    }

    @Test
    void endTheTrainingWhereThereAreTooManyInARow() {
        useless(3);

        StepVerifier.create(fit(LONG, false).thenMany(Mono.empty()))
                .expectErrorSatisfies(error -> assertThat(error).isInstanceOf(UnexpectedAnswerException.class))
                .verify(LIMIT);

        assertThat(shouter.prompt.text()).isEqualTo("Say: {word}");
        assertThat(rewrites).containsExactly("SHOUT: {word}");
    }

    @Test
    void areCountedAnewAfterOneThatCouldBeUsed() {
        useless(2);
        rewrites.add(4, "Say: {word}");
        rewrites.addAll(5, Collections.nCopies(4, "Nothing."));

        List<TrainingEvent> events = run(LONG, false);

        assertThat(only(TrainingEvent.NotRewritten.class, events)).hasSize(4);
        assertThat(shouter.prompt.text()).isEqualTo("SHOUT: {word}");
    }

    @Test
    void areCountedOnThroughStepsWithNothingToRewrite() {
        useless(3);
        DataLoader<List<String>> everyOther =
                DataLoader.of(Dataset.of(List.of("a", "1")), 1, batch -> batch); // no "1" is wrong
        FakeModel critic = FakeModel.saying(text -> "Tell it to shout.");

        StepVerifier.create(LONG.fit(shouter, everyOther)
                        .contextWrite(new BackwardClient(critic, CompletionOptions.NONE)::in)
                        .thenMany(Mono.empty()))
                .expectError(UnexpectedAnswerException.class)
                .verify(LIMIT);
    }

    @Test
    void endTheTrainingAtOnceWhereNoneIsToBeBorne() {
        useless(1);

        StepVerifier.create(
                        fit(Trainer.builder().failedRewrites(0).build(), false).thenMany(Mono.empty()))
                .expectError(UnexpectedAnswerException.class)
                .verify(LIMIT);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Trainer.builder().failedRewrites(-1))
                .withMessage("failedRewrites must be at least 0, not -1.");
    }

    @ParameterizedTest
    @MethodSource("ofTheWords")
    void areThoseWhoseWordsAreAtFault(AfnioException failure) {
        failing(failure);

        assertThat(only(TrainingEvent.NotRewritten.class, run(LONG, false)))
                .extracting(TrainingEvent.NotRewritten::cause)
                .containsExactly(failure);
        assertThat(shouter.prompt.text()).isEqualTo("SHOUT: {word}");
    }

    @Test
    void areNotThoseThatNobodyWasAllowedToAskFor() {
        failing(new AuthenticationException("no key"));

        StepVerifier.create(fit(LONG, false).thenMany(Mono.empty()))
                .expectErrorMessage("no key")
                .verify(LIMIT);
    }
}
