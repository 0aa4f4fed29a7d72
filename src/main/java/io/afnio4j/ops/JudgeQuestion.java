package io.afnio4j.ops;

import io.afnio4j.autodiff.MultiTurnMessages;
import io.afnio4j.autodiff.Value;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.context.Phase;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.ResponseFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** What a {@link Judge} asks its model, and in which form it wants the answer. */
record JudgeQuestion(ChatModel model, MultiTurnMessages messages, Inputs inputs, CompletionOptions options) {

    /** The answer's form, as a JSON schema. */
    static final CompletionOptions AS_JSON = CompletionOptions.NONE.responseFormat(verdictFormat());

    private static ResponseFormat verdictFormat() {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("explanation", Map.of("type", "string")); // first, so that the model thinks before it scores
        properties.put("score", Map.of("type", "number"));
        return ResponseFormat.jsonObject("verdict", properties);
    }

    JudgeQuestion inputs(Inputs values) {
        return new JudgeQuestion(model, messages, inputs.overriddenBy(values), options);
    }

    JudgeQuestion with(CompletionOptions completion) {
        return new JudgeQuestion(model, messages, inputs, options.overriddenBy(completion));
    }

    /** Lists make a batch, and a batch needs a prediction for each sample. */
    void checkBatch(Variable prediction) {
        List<Variable> others = new ArrayList<>(messages.variables());
        inputs.byName().values().forEach(others::addAll);
        boolean each = !inputs.perSample().isEmpty();
        if (!prediction.value().isList()
                && (each || others.stream().anyMatch(other -> other.value().isList()))) {
            throw new IllegalArgumentException("The " + prediction.role()
                    + " is a single prediction, but the judge's messages or inputs hold a list. Judge a list of"
                    + " predictions, or give single values.");
        }
    }

    /** Asks about values that are no part of any graph; the answer's graph leads to the messages and the inputs. */
    Mono<Variable> ask(Value prediction, @Nullable Value target) {
        Inputs all = inputs.and("prediction", new Variable(prediction.data(), prediction.role()));
        if (target != null) {
            all = all.and("target", new Variable(target.data(), target.role()));
        }
        return Phase.JUDGE.of(ChatCompletion.of(new VerdictModel(model), messages, all)
                .with(options)
                .as("verdict of a judge, as JSON")
                .run());
    }
}
