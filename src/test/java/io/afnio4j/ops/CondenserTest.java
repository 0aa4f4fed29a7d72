package io.afnio4j.ops;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.CondensedGradient;
import io.afnio4j.autodiff.Engine;
import io.afnio4j.autodiff.GradientReducer;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.context.Phase;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.CallEvent;
import io.afnio4j.model.CallListener;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.ContextWindow;
import io.afnio4j.model.Limits;
import io.afnio4j.model.TokenEstimator;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.limit.Resilience;
import io.afnio4j.testing.FakeModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class CondenserTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final GradientReducer.Answers FORGOTTEN = GradientReducer.Answers.FORGOTTEN;

    private final FakeModel brief = FakeModel.saying(CondenserTest::numbersIn);
    private final Condenser condenser = Condenser.within(200).by(client(brief));

    private static BackwardClient client(ChatModel model) {
        return new BackwardClient(model, CompletionOptions.NONE);
    }

    /** Says which cases it read of: {@code #3 #4}. */
    private static String numbersIn(String request) {
        StringBuilder numbers = new StringBuilder("read");
        Pattern.compile("#\\d+")
                .matcher(request)
                .results()
                .forEach(found -> numbers.append(' ').append(found.group()));
        return numbers.toString();
    }

    /** About 70 tokens each. */
    private static List<Variable> cases(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Variable("#" + i + " " + "what went wrong. ".repeat(11), "feedback to prompt"))
                .toList();
    }

    @Test
    void feedbackWithinTheBudgetStaysAsItIsAtNoCost() {
        List<Variable> few = cases(2);

        assertThat(now(condenser.reduce(few, FORGOTTEN))).isSameAs(few);
        assertThat(brief.requests()).isEmpty();
    }

    @Test
    void theBudgetIsMetExactly() {
        List<Variable> cases = cases(8);
        int all = Math.toIntExact(Excerpt.tokens(Excerpt.of(cases)));
        String answer = "word ".repeat(100).strip();
        int condensed = Math.toIntExact(Excerpt.tokens(Excerpt.of(List.of(new Variable(answer, "answer")))));
        FakeModel wordy = FakeModel.saying(text -> answer);

        assertThat(now(Condenser.within(all).reduce(cases, FORGOTTEN))).isSameAs(cases);
        assertThat(now(Condenser.within(condensed).by(client(wordy)).reduce(cases, FORGOTTEN)))
                .singleElement()
                .extracting(Variable::text)
                .isEqualTo(answer);
        assertThat(wordy.requests()).hasSize(1);
    }

    @Test
    void aRestThatIsShortEnoughStaysAsItIsAtNoCost() {
        List<Variable> cases = cases(40);
        long group = 4 * 200;
        int first = 0;
        for (long length = 0; length + tokens(cases.get(first)) <= group; first++) {
            length += tokens(cases.get(first));
        }
        List<Variable> oneMoreThanAGroup = cases.subList(0, first + 1);

        List<Variable> condensed = now(condenser.reduce(oneMoreThanAGroup, FORGOTTEN));

        assertThat(brief.requests()).hasSize(1);
        assertThat(condensed).hasSize(2);
        assertThat(CondensedGradient.sourcesOf(condensed.get(0))).isEqualTo(cases.subList(0, first));
        assertThat(condensed.get(1)).isSameAs(cases.get(first));
    }

    @Test
    void samplesWithTheSameFeedbackShareACallAndOnePlaceOfThePass() {
        FakeModel slow = FakeModel.reacting(request -> Mono.just("all wrong").delayElement(Duration.ofSeconds(1)));
        Variable words = new Variable(List.of("a", "b", "c"), "words", true);
        Variable middle = words.map(String::strip, "words");
        String much = "what went wrong. ".repeat(60);

        StepVerifier.withVirtualTime(() -> Engine.backward(
                        List.of(middle.upper(), middle.upper()),
                        List.of(
                                new Variable(List.of(much, much, "other " + much), "feedback"),
                                new Variable(List.of("and " + much, "and " + much, "and " + much), "feedback")),
                        BackwardOptions.DEFAULTS
                                .maxConcurrency(1)
                                .context(Condenser.within(200).by(client(slow))::in)))
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(2))
                .expectComplete()
                .verify(LIMIT);

        assertThat(slow.requests()).hasSize(2);
        assertThat(words.grad())
                .singleElement()
                .satisfies(grad -> assertThat(grad.texts()).hasSize(3).allMatch(text -> text.contains("all wrong")));
    }

    private static long tokens(Variable gradient) {
        return Excerpt.tokens(Excerpt.of(List.of(gradient)));
    }

    @Test
    void feedbackBeyondTheBudgetBecomesOneTextThatKnowsItsSources() {
        List<Variable> cases = cases(8);

        List<Variable> condensed = now(condenser.reduce(cases, FORGOTTEN));

        assertThat(condensed).hasSize(1);
        assertThat(condensed.get(0).text()).isEqualTo("read #0 #1 #2 #3 #4 #5 #6 #7");
        assertThat(condensed.get(0).role()).isEqualTo("feedback to prompt");
        assertThat(CondensedGradient.sourcesOf(condensed.get(0))).isEqualTo(cases);
        assertThat(FakeModel.lastText(brief.requests().get(0)))
                .contains("What the items are: feedback to prompt", "<item>\n#3 what", "at most 80 words");
    }

    @Test
    void muchFeedbackIsCondensedInGroupsAtTheSameTimeAndInOrder() {
        FakeModel slow = FakeModel.reacting(request -> Mono.just(numbersIn(FakeModel.lastText(request)))
                .delayElement(Duration.ofMillis(FakeModel.lastText(request).contains("#0 ") ? 500 : 10)));

        StepVerifier.withVirtualTime(
                        () -> Condenser.within(200).by(client(slow)).reduce(cases(40), FORGOTTEN))
                .expectSubscription()
                .thenAwait(Duration.ofMillis(500))
                .assertNext(condensed -> {
                    assertThat(String.join(" ", texts(condensed)).replace("read ", ""))
                            .isEqualTo(IntStream.range(0, 40)
                                    .mapToObj(i -> "#" + i)
                                    .collect(Collectors.joining(" ")));
                    assertThat(condensed)
                            .allSatisfy(each -> assertThat(
                                            numbersIn(String.join(" ", texts(CondensedGradient.sourcesOf(each)))))
                                    .isEqualTo(each.text()));
                })
                .expectComplete()
                .verify(LIMIT);
        assertThat(slow.requests()).hasSizeBetween(4, 5);
    }

    private static List<String> texts(List<Variable> variables) {
        return variables.stream().map(Variable::text).toList();
    }

    @Test
    void whatIsStillTooLongIsCondensedAgain() {
        FakeModel halves = FakeModel.saying(text -> "word ".repeat(text.length() / 5 / 3));

        List<Variable> condensed = now(Condenser.within(200).by(client(halves)).reduce(cases(100), FORGOTTEN));

        assertThat(halves.requests().size()).isGreaterThan(12);
        assertThat(condensed.stream().mapToInt(each -> each.text().length()).sum() / 3)
                .isLessThanOrEqualTo(200);
        assertThat(condensed.stream()
                        .flatMap(each -> CondensedGradient.sourcesOf(each).stream())
                        .distinct())
                .hasSize(100);
    }

    @Test
    void oneTextThatIsTooLongForAGroupIsCutBetweenWords() {
        Variable novel = new Variable("The word. ".repeat(2_000), "feedback to prompt");
        List<String> seen = new ArrayList<>();
        FakeModel reader = FakeModel.saying(text -> {
            seen.add(text);
            return "short";
        });

        List<Variable> condensed = now(Condenser.within(200).by(client(reader)).reduce(List.of(novel), FORGOTTEN));

        assertThat(seen).hasSizeGreaterThan(5).allSatisfy(text -> {
            assertThat(text.length()).isLessThan(3 * 800 + 400);
            assertThat(text).containsPattern("<item>\n(The |word\\. )").containsPattern("(The|word\\.) \n</item>");
        });
        assertThat(condensed)
                .isNotEmpty()
                .allSatisfy(
                        each -> assertThat(CondensedGradient.sourcesOf(each)).containsExactly(novel));
    }

    @Test
    void textsThatSayTheSameAreReadOnceAndAllRemembered() {
        List<Variable> cases = new ArrayList<>(cases(4));
        cases.addAll(cases(4));

        List<Variable> condensed = now(condenser.reduce(cases, FORGOTTEN));

        assertThat(condensed.get(0).text()).isEqualTo("read #0 #1 #2 #3");
        assertThat(CondensedGradient.sourcesOf(condensed.get(0))).hasSize(8);
    }

    @Test
    void answersThatDontGetShorterAreAnError() {
        FakeModel chatty = FakeModel.saying(text -> "word ".repeat(1_000));

        StepVerifier.create(Condenser.within(200).by(client(chatty)).reduce(cases(8), FORGOTTEN))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(UnexpectedAnswerException.class)
                        .hasMessageStartingWith("The feedback to prompt could not be condensed: test/fake made about"))
                .verify(LIMIT);
        assertThat(chatty.requests()).hasSize(1);
    }

    @Test
    void anAnswerWithoutAWordIsAnErrorAndIsNotKept() {
        List<Object> kept = new ArrayList<>();
        GradientReducer.Answers keeping = new GradientReducer.Answers() {
            @Override
            public <T> Mono<T> once(Object question, Mono<T> ask) {
                return ask.doOnNext(kept::add);
            }
        };
        StepVerifier.create(Condenser.within(200)
                        .by(client(FakeModel.saying(text -> " ")))
                        .reduce(cases(8), keeping))
                .expectErrorMessage("The feedback to prompt could not be condensed: test/fake answered without a word.")
                .verify(LIMIT);
        assertThat(kept).isEmpty();
    }

    @Test
    void noGroupIsLongerThanTheModelCanRead() {
        WindowedModel small = new WindowedModel(2_500, brief);

        now(Condenser.within(500).by(client(small)).reduce(cases(100), FORGOTTEN));

        assertThat(brief.requests())
                .hasSizeGreaterThan(5)
                .allSatisfy(request ->
                        assertThat(ContextWindow.excess(small, request)).isZero());
    }

    @Test
    void aBudgetThatTheModelCantReadIsRefusedBeforeAnyCall() {
        StepVerifier.create(Condenser.within(2_000)
                        .by(client(new WindowedModel(2_500, brief)))
                        .reduce(cases(100), FORGOTTEN))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(RejectedRequestException.class)
                        .hasMessageStartingWith(
                                "A budget of 2000 tokens for the feedback to prompt is too much for test/fake, "
                                        + "which takes 2500 tokens with its answer."))
                .verify(LIMIT);
        assertThat(brief.requests()).isEmpty();
    }

    @Test
    void asksTheBackwardClientOfTheSubscriptionForTheBackwardPhase() {
        List<Phase> phases = new ArrayList<>();
        FakeModel spy = FakeModel.reacting(request -> Mono.deferContextual(context -> {
            phases.add(Phase.of(context));
            return Mono.just("short");
        }));
        Mono<List<Variable>> reduced = Condenser.within(200).reduce(cases(8), FORGOTTEN);

        now(reduced.contextWrite(client(spy)::in));
        now(Phase.OPTIMIZER.of(reduced).contextWrite(client(spy)::in));

        assertThat(phases).containsExactly(Phase.BACKWARD, Phase.OPTIMIZER);
    }

    @Test
    void whoeverListensToCallsHearsOfItAlsoInAnOptimizersStep() {
        List<CallEvent> heard = new ArrayList<>();
        CallListener listener = heard::add;

        now(Phase.OPTIMIZER.of(condenser.reduce(cases(8), FORGOTTEN)).contextWrite(listener::in));

        assertThat(heard)
                .filteredOn(CallEvent.Answered.class::isInstance)
                .singleElement()
                .extracting(CallEvent::call)
                .isEqualTo(new CallEvent.Call(Phase.OPTIMIZER, "feedback to prompt", 0));
    }

    @Test
    void aSecondTryAsksOnlyForWhatIsMissing() {
        AtomicBoolean down = new AtomicBoolean(true);
        FakeModel flaky =
                FakeModel.reacting(request -> FakeModel.lastText(request).contains("#0 ") && down.get()
                        ? Mono.error(new UnavailableException("down", null))
                        : Mono.just(numbersIn(FakeModel.lastText(request))));
        Map<Object, Object> kept = new ConcurrentHashMap<>();
        GradientReducer.Answers answers = new GradientReducer.Answers() {
            @Override
            @SuppressWarnings("unchecked")
            public <T> Mono<T> once(Object question, Mono<T> ask) {
                return Mono.justOrEmpty((T) kept.get(question))
                        .switchIfEmpty(ask.doOnNext(answer -> kept.put(question, answer)));
            }
        };
        Mono<List<Variable>> reduced = Condenser.within(200).by(client(flaky)).reduce(cases(20), answers);

        StepVerifier.create(reduced).expectErrorMessage("down").verify(LIMIT);
        int paid = kept.size();
        down.set(false);
        now(reduced);

        assertThat(paid).isEqualTo(1);
        assertThat(flaky.requests()).hasSize(3);
    }

    @Test
    void aBudgetThatLeavesNothingToSayIsRefused() {
        assertThat(Condenser.within(100)).isNotNull();
        assertThatThrownBy(() -> Condenser.within(99))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A budget of 99 tokens leaves nothing to say; give at least 100.");
    }

    private record WindowedModel(long contextWindow, ChatModel model) implements ChatModel {

        @Override
        public String name() {
            return model.name();
        }

        @Override
        public Mono<ChatResponse> chat(ChatRequest request) {
            return model.chat(request);
        }
    }

    @Test
    void aPartThatTheModelsOwnEstimatorFindsTooLongIsRefusedBeforeTheCall() {
        Limits byCharacter = Limits.builder()
                .tokenEstimator(TokenEstimator.counting(String::length))
                .contextWindow(2_500)
                .build();
        ChatModel exact = Resilience.around(
                brief, ClientOptions.builder().limits(byCharacter).build(), new UsageMeter());

        StepVerifier.create(Condenser.within(200).by(client(exact)).reduce(cases(40), FORGOTTEN))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(RejectedRequestException.class)
                        .hasMessageContaining("too long for " + exact.name() + ", which takes 2500"))
                .verify(LIMIT);
        assertThat(brief.requests()).isEmpty();
    }
}
