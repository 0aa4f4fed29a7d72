package io.afnio4j.ops;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.testing.FakeModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who watches feedback sees which variable it is for, and not its role alone. */
class FeedbackOfLeavesTest extends FeedbackCalls {

    private final List<BackwardEvent> events = new ArrayList<>();
    private final FakeModel critic = FakeModel.saying(text -> text.contains("JSON object")
            ? "{\"variable_1\": \"kinder\", \"variable_2\": \"quicker\", \"variable_3\": \"shorter\"}"
            : "better");

    @Test
    void eachPieceBringsTheLeafThatItIsForSoThatTwoOfOneRoleAreToldApart() {
        Parameter twin = new Parameter("Be quick.", system.role());
        Variable middle = prompt.map(text -> text, "middle");
        Variable answer = now(ChatCompletion.of(
                        echo,
                        List.of(Message.system(system), Message.system(twin), Message.user(middle)),
                        Inputs.of("word", "a"))
                .run());
        BackwardOptions retain = BackwardOptions.DEFAULTS.retainGraph(true);
        BackwardClient single = client(critic);
        for (BackwardClient client : List.of(single, single.fusing())) {
            for (BackwardOptions options : List.of(retain, retain.createGraph(true), retain.inputs(twin, prompt))) {
                events.clear();
                now(answer.backward(options.gradient(new Variable("bad", "feedback"))
                        .listener(events::add)
                        .context(client::in)));

                assertThat(events)
                        .filteredOn(BackwardEvent.FeedbackReceived.class::isInstance)
                        .extracting(event -> ((BackwardEvent.FeedbackReceived) event).variable())
                        .containsExactlyElementsOf(
                                options.inputs() == null
                                        ? Arrays.asList(system, twin, null)
                                        : Arrays.asList(twin, null));
            }
        }
    }
}
