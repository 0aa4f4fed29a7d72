package io.afnio4j.ops;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Engine;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.testing.FakeModel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Equal questions of one pass are one call. */
class SharedFeedbackTest extends FeedbackCalls {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final FakeModel critic = FakeModel.saying(text -> "be brief");

    @Test
    void samplesThatComeToTheSameShareACall() {
        Variable answers = answer(Inputs.NONE.and("word", List.of("a", "b", "a")));

        now(backward(answers, List.of("bad", "bad", "bad"), client(critic)));

        assertThat(critic.requests()).hasSize(4);
        assertThat(texts(prompt)).containsExactly("be brief", "be brief", "be brief");
    }

    @Test
    void nodesThatComeToTheSameShareACallAndWaitForItTogether() {
        FakeModel slow = FakeModel.reacting(request -> Mono.just("be brief").delayElement(Duration.ofSeconds(1)));

        StepVerifier.withVirtualTime(() -> Engine.backward(
                                List.of(answer(Inputs.of("word", "a")), answer(Inputs.of("word", "a"))),
                                List.of(new Variable("bad", "feedback"), new Variable("bad", "feedback")),
                                BackwardOptions.DEFAULTS)
                        .contextWrite(client(slow)::in))
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(1))
                .expectComplete()
                .verify(LIMIT);

        assertThat(slow.requests()).hasSize(2);
        assertThat(texts(prompt)).containsExactly("be brief", "be brief");
    }

    @Test
    void anythingThatDiffersInTheRequestIsACallOfItsOwn() {
        Variable b = answer(Inputs.of("word", "b"));
        prompt.role("other role");
        Variable otherRole = answer(Inputs.of("word", "b"));
        system.data("Be polite.");
        Variable otherMessage = answer(Inputs.of("word", "b"));

        now(Engine.backward(
                        List.of(b, b, otherRole, otherMessage),
                        List.of(
                                new Variable("bad", "feedback"),
                                new Variable("bad", "feedback"),
                                new Variable("bad", "feedback"),
                                new Variable("bad", "feedback")),
                        BackwardOptions.DEFAULTS.inputs(prompt))
                .contextWrite(client(critic)::in));

        List<ChatRequest> asked = critic.requests();
        assertThat(asked).doesNotHaveDuplicates();
        assertThat(asked.stream().filter(request -> FakeModel.lastText(request).contains("(other role)")))
                .hasSize(2);
    }

    @Test
    void theNextPassAsksAnew() {
        for (int pass = 0; pass < 2; pass++) {
            now(backward(answer(Inputs.of("word", "a")), "bad", client(critic)));
        }

        assertThat(critic.requests()).hasSize(4);
    }
}
