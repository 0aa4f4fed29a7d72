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
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The agent of the main job: one prompt that says what each category means, and one call a definition. Its prompt is
 * what is learnt.
 */
final class GlossClassifier extends Module implements Trainable<List<Row>> {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LONGEST_PROMPT = 20_000;
    private static final int LONGEST_MISFIT = 200;

    private final List<String> categories;
    private final Task task;
    private final ForgivingModel model;
    private final Parameter prompt;
    private final TGD optimizer;
    private final CompletionOptions options;
    private final Evaluator evaluator;

    GlossClassifier(ChatModel model, SupersenseData data, Settings settings) {
        this.model = new ForgivingModel(model);
        this.categories = data.categories();
        this.task = data.task();
        this.evaluator = Evaluator.of(
                "The category must be the one that " + task.files() + " under.",
                (prediction, target) -> prediction.equals(target) ? 1 : 0);
        this.prompt = register(
                "prompt", new Parameter(bareNames(), "system prompt of a classifier of " + task.thing() + "s"));
        CompletionOptions shaped = CompletionOptions.NONE.responseFormat(oneOf());
        this.options = settings.noTemperature ? shaped : shaped.temperature(0);
        this.optimizer = TGD.builder(model, parameters())
                .momentum(settings.momentum)
                .constraint(Constraint.maxLength(LONGEST_PROMPT))
                .constraint(new Constraint(
                        "Each category keeps a line of its own that begins with its name and a colon.",
                        this::describesAll))
                .build();
    }

    private String bareNames() {
        return categories.stream()
                .map(category -> category + ": " + category)
                .collect(Collectors.joining("\n", task.instructions() + "\n\n", ""));
    }

    private boolean describesAll(String value) {
        return value.lines()
                .map(LabelLines::labelOf)
                .collect(Collectors.toSet())
                .containsAll(categories);
    }

    private ResponseFormat oneOf() {
        Map<String, Object> category = new LinkedHashMap<>();
        category.put("type", "string");
        category.put("enum", categories);
        return ResponseFormat.jsonObject("category_of_" + task.thing(), Map.of("category", category));
    }

    String prompt() {
        return prompt.text();
    }

    /** The model that is asked for categories, for those who ask it for more. */
    ChatModel model() {
        return model;
    }

    /** Names the category of each row. */
    Mono<Variable> forward(List<Row> rows) {
        Variable glosses = new Variable(rows.stream().map(Row::gloss).toList(), task.thing());
        return ChatCompletion.of(model, List.of(Message.system(prompt), Message.user(glosses)), Inputs.NONE)
                .with(options)
                .as("category of the " + task.thing() + ", as JSON")
                .run()
                .map(answer -> answer.map(this::parse, "category of the " + task.thing()));
    }

    /** What the agent says of rows, without being trained by them. */
    Mono<Accuracy> judge(List<Row> rows) {
        return GradMode.noGrad(forward(rows)).map(said -> Accuracy.of(said.texts(), rows));
    }

    /**
     * Judges an agent that has learnt nothing yet. An error where not one answer is a category: then it isn't the
     * prompt that has to get better.
     */
    Mono<Accuracy> judgeFirst(List<Row> rows) {
        return Mono.defer(() -> {
            ForgivingModel.Forgiven forgiven = new ForgivingModel.Forgiven();
            return GradMode.noGrad(forward(rows))
                    .map(said -> {
                        if (said.texts().stream().noneMatch(categories::contains)) {
                            throw Exceptions.propagate(
                                    forgiven.first(rows.stream().map(Row::gloss))
                                            .orElseGet(this::misfit));
                        }
                        return Accuracy.of(said.texts(), rows);
                    })
                    .contextWrite(forgiven::in);
        });
    }

    private UnexpectedAnswerException misfit() {
        return new UnexpectedAnswerException(
                "The model " + model.name() + " was asked for JSON with one of the " + categories.size()
                        + " categories and answered something else. Choose a model that supports structured output (response_format json_schema).");
    }

    /**
     * The category that an answer names, however it is wrapped, or else its words: one misfit among thousands is a
     * mistake like others, and no reason to lose the rest.
     */
    private String parse(String answer) {
        String said = named(answer);
        return categories.stream()
                .filter(said::equals)
                .findFirst()
                .or(() -> categories.stream().filter(said::equalsIgnoreCase).findFirst())
                .orElse(Lines.cut(said, LONGEST_MISFIT));
    }

    private static String named(String answer) {
        int begin = answer.lastIndexOf('{'); // behind thoughts and fences
        int end = answer.lastIndexOf('}') + 1;
        try {
            return begin < 0 || end < begin
                    ? answer.strip()
                    : JSON.readTree(answer.substring(begin, end))
                            .path("category")
                            .asString(answer)
                            .strip();
        } catch (JacksonException notJson) {
            return answer.strip();
        }
    }

    @Override
    public Optimizer configureOptimizers() {
        return optimizer;
    }

    @Override
    public Mono<StepResult> trainingStep(List<Row> batch) {
        Variable targets =
                new Variable(batch.stream().map(Row::category).toList(), "right category of the " + task.thing());
        return forward(batch).map(said -> {
            Evaluation evaluation = evaluator.evaluate(said, targets);
            double right = ((Number) evaluation.score().value().elements().get(0)).doubleValue();
            return StepResult.of(evaluation, batch.size(), "accuracy", right / batch.size());
        });
    }
}
