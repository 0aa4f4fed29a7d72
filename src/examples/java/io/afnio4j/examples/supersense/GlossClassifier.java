package io.afnio4j.examples.supersense;

import io.afnio4j.autodiff.GradMode;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.cognitive.Module;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.ResponseFormat;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Evaluation;
import io.afnio4j.ops.Evaluator;
import io.afnio4j.ops.Inputs;
import io.afnio4j.optim.Constraint;
import io.afnio4j.optim.Optimizer;
import io.afnio4j.optim.TGD;
import io.afnio4j.train.StepResult;
import io.afnio4j.train.Trainable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The agent of the main job: one prompt that says what each category means, and one call a definition. Its prompt is what is learnt. */
final class GlossClassifier extends Module implements Trainable<List<Row>> {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LONGEST_PROMPT = 20_000;

    private final List<String> categories;
    private final ChatModel model;
    private final Parameter prompt;
    private final TGD optimizer;
    private final CompletionOptions options;
    private final Evaluator evaluator = Evaluator.of(
            "The category must be the one that the dictionary files the definition under.",
            (prediction, target) -> prediction.equals(target) ? 1 : 0);

    GlossClassifier(ChatModel model, List<String> categories, int momentum) {
        this.model = model;
        this.categories = categories;
        this.prompt = register(
                "prompt", new Parameter(bareNames(categories), "system prompt of a classifier of definitions"));
        this.options = CompletionOptions.NONE.temperature(0).responseFormat(oneOf(categories));
        this.optimizer = TGD.builder(model, parameters())
                .momentum(momentum)
                .constraint(Constraint.maxLength(LONGEST_PROMPT))
                .constraint(new Constraint(
                        "Each category keeps a line of its own that begins with its name and a colon.",
                        this::describesAll))
                .build();
    }

    private static String bareNames(List<String> categories) {
        return categories.stream()
                .map(category -> category + ": " + category)
                .collect(Collectors.joining(
                        "\n",
                        "You are given a definition from a dictionary. Name the category of the thing that it defines.\n\n",
                        ""));
    }

    private boolean describesAll(String value) {
        return categories.stream()
                .allMatch(
                        category -> value.lines().anyMatch(line -> line.strip().startsWith(category + ":")));
    }

    private static ResponseFormat oneOf(List<String> categories) {
        Map<String, Object> category = new LinkedHashMap<>();
        category.put("type", "string");
        category.put("enum", categories);
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", Map.of("category", category));
        schema.put("required", List.of("category"));
        schema.put("additionalProperties", false);
        return ResponseFormat.jsonSchema("category_of_definition", schema);
    }

    String prompt() {
        return prompt.text();
    }

    /** Names the category of each row. */
    Mono<Variable> forward(List<Row> rows) {
        Variable glosses = new Variable(rows.stream().map(Row::gloss).toList(), "definition");
        return ChatCompletion.of(model, List.of(Message.system(prompt), Message.user(glosses)), Inputs.NONE)
                .with(options)
                .as("category of the definition, as JSON")
                .run()
                .map(answer -> answer.map(this::parse, "category of the definition"));
    }

    /** What the agent says of rows, without being trained by them. */
    Mono<Accuracy> judge(List<Row> rows) {
        return GradMode.noGrad(forward(rows)).map(said -> Accuracy.of(said.texts(), rows));
    }

    private String parse(String answer) {
        try {
            JsonNode category = JSON.readTree(answer).path("category");
            if (category.isString() && categories.contains(category.asString())) {
                return category.asString();
            }
        } catch (JacksonException notJson) {
            throw unexpected(notJson);
        }
        throw unexpected(null);
    }

    private UnexpectedAnswerException unexpected(Throwable cause) {
        return new UnexpectedAnswerException(
                "The model " + model.name() + " was asked for JSON with one of the " + categories.size()
                        + " categories and answered something else. Choose a model that supports structured output (response_format json_schema).",
                cause);
    }

    @Override
    public Optimizer configureOptimizers() {
        return optimizer;
    }

    @Override
    public Mono<StepResult> trainingStep(List<Row> batch) {
        Variable targets = new Variable(batch.stream().map(Row::category).toList(), "category in the dictionary");
        return forward(batch).map(said -> {
            Evaluation evaluation = evaluator.evaluate(said, targets);
            double right = ((Number) evaluation.score().value().elements().get(0)).doubleValue();
            return StepResult.of(evaluation, batch.size(), "accuracy", right / batch.size());
        });
    }
}
