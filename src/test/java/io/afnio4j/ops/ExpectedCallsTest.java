package io.afnio4j.ops;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.testing.FakeModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a pass says beforehand about the calls that it is going to make: for three samples of two variables. */
class ExpectedCallsTest extends FeedbackCalls {

    private final FakeModel critic = FakeModel.saying(text ->
            text.contains("JSON object") ? "{\"variable_1\": \"kinder\", \"variable_2\": \"shorter\"}" : "better");
    private final List<Integer> expected = new ArrayList<>();

    private void pass(BackwardClient client, BackwardOptions options) {
        Variable answers = answer(Inputs.NONE.and("word", List.of("a", "b", "c")));
        now(answers.backward(options.gradient(new Variable(List.of("bad", "worse", "worst"), "feedback"))
                        .listener(event -> {
                            if (event instanceof BackwardEvent.Planned plan) {
                                expected.add(plan.expectedCalls());
                            }
                        }))
                .contextWrite(client::in));
    }

    @Test
    void oneIsExpectedPerSampleAndVariable() {
        pass(client(critic), BackwardOptions.DEFAULTS);

        assertThat(expected).containsExactly(6);
        assertThat(critic.requests()).hasSize(6);
    }

    @Test
    void oneIsExpectedPerSampleWhereTheyAreFused() {
        pass(client(critic).fusing(), BackwardOptions.DEFAULTS);

        assertThat(expected).containsExactly(3);
        assertThat(critic.requests()).hasSize(3);
    }

    @Test
    void aPassThatCreatesAGraphFusesNothingAndSaysSo() {
        pass(client(critic).fusing(), BackwardOptions.DEFAULTS.createGraph(true));

        assertThat(expected).containsExactly(6);
        assertThat(critic.requests()).hasSize(6);
    }
}
