package io.afnio4j.model.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ToolCall;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.OpenAiTestSupport;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** How servers tell the pieces of one call from those of the next. */
class StreamedToolCallsTest extends OpenAiTestSupport {

    private static final String INDEX = "\"index\":0,";
    private static final ToolCall F = new ToolCall("c1", "f", "{\"a\":1}");
    private static final ToolCall G = new ToolCall("c2", "g", "{\"b\":2}");

    @Test
    void areKeptApartByTheirIds() {
        for (String index : List.of(INDEX, "\"index\":null,", "")) {
            String f = piece(index, "c1", "f", "{\"a\":1}");
            String g = piece(index, "c2", "g", "{\"b\":2}");

            assertThat(calls(f, g)).containsExactly(F, G);
            assertThat(calls(f + "," + g)).containsExactly(F, G);
        }
    }

    @Test
    void mayComeWithoutAListAroundTheOnlyOne() {
        String call = piece("", "c1", "f", "{\"a\":1}");
        String only = Completions.of("{\"content\":null,\"tool_calls\":" + call + "}", "\"tool_calls\"", "null");

        assertThat(answerTo(Answer.ok(only)).toolCalls()).containsExactly(F);
        assertThat(get(client(serve(Answer.events(
                                Completions.event("{\"tool_calls\":" + call + "}", "\"tool_calls\""),
                                Completions.done())))
                        .stream(HELLO)
                        .flatMapIterable(ChatChunk::toolCalls)
                        .collectList()))
                .containsExactly(F);
    }

    @Test
    void goOnWithPiecesThatHaveNeitherIdNorName() {
        for (String index : List.of(INDEX, "")) {
            assertThat(calls(
                            piece(index, "c1", "f", "{\"a"),
                            "{" + index + "\"function\":{\"arguments\":\"\\\":1}\"}}",
                            piece(index, "c2", "g", "{\"b"),
                            "{" + index + "\"id\":null,\"function\":{\"name\":null,\"arguments\":\"\\\":2}\"}}"))
                    .containsExactly(F, G);
        }
    }

    @Test
    void goOnWithPiecesThatBeginNothingWhateverTheirIndex() {
        assertThat(calls(
                        piece("\"index\":1,", "c1", "f", "{\"a"),
                        "{\"index\":0,\"function\":{\"arguments\":\"\\\":1}\"}}"))
                .containsExactly(F);
    }

    @Test
    void goOnWithPiecesOfTheSameIdAlsoWhereTheyAreMixed() {
        assertThat(calls(
                        piece("", "c1", "f", "{\"a"),
                        piece("", "c2", "g", "{\"b"),
                        piece("", "c1", "f", "\":1}"),
                        piece("", "c2", "g", "\":2}")))
                .containsExactly(F, G);
    }

    @Test
    void keepTheirIdAndNameWhereLaterPiecesHaveEmptyOnes() {
        for (String index : List.of(INDEX, "")) {
            assertThat(calls(piece(index, "c1", "f", "{\"a"), piece(index, "", "", "\":1}")))
                    .containsExactly(F);
        }
    }

    @Test
    void haveANameThatComesInPiecesOrAllOfItWithEachPiece() {
        assertThat(calls(
                        piece(INDEX, "c1", "get_", ""),
                        piece(INDEX, "c1", "it", "{\"a"),
                        piece(INDEX, "", "", "\":1}")))
                .containsExactly(new ToolCall("c1", "get_it", "{\"a\":1}"));
        assertThat(calls(
                        piece(INDEX, "c1", "f", ""), piece(INDEX, "c1", "f", "{\"a"), piece(INDEX, "c1", "f", "\":1}")))
                .containsExactly(F);
    }

    @Test
    void keepTheFirstIdWhereEachPieceHasANewOne() {
        assertThat(calls(piece(INDEX, "c1", "f", "{\"a"), piece(INDEX, "c9", "", "\":1}")))
                .containsExactly(F);
    }

    @Test
    void areToldApartByTheirNamesWhereThereIsNothingElse() {
        assertThat(calls(piece("", "", "f", "{}"), piece("", "", "f", "{}") + "," + piece("", "", "g", "{}")))
                .containsExactly(
                        new ToolCall("call_0", "f", "{}"),
                        new ToolCall("call_1", "f", "{}"),
                        new ToolCall("call_2", "g", "{}"));
    }

    @Test
    void haveTheirArgumentsOnceWhereAnEmptyObjectComesFirstOrAllComesOnceMore() {
        for (String index : List.of(INDEX, "")) {
            for (String first : List.of("{}", "{\"a\":1}")) {
                assertThat(calls(
                                piece(index, "c1", "f", first),
                                piece(index, "c1", "", "{\"a"),
                                piece(index, "c1", "", "\":1}")))
                        .containsExactly(F);
            }
        }
        assertThat(calls(piece(INDEX, "c1", "f", "{\"a\":"), piece(INDEX, "c1", "", "\"}{\"}")))
                .containsExactly(new ToolCall("c1", "f", "{\"a\":\"}{\"}"));
    }

    @Test
    void standInTheOrderOfTheirIndexes() {
        assertThat(calls(
                        piece("\"index\":1,", "c2", "g", "{\"b"),
                        piece(INDEX, "c1", "f", "{\"a\":1}"),
                        piece("\"index\":1,", "c2", "g", "\":2}")))
                .containsExactly(F, G);
    }

    @Test
    void areWholeAlsoWhereTheyGoOnAfterTheReasonToStop() {
        for (String end : List.of(Completions.done(), "")) {
            assertThat(callsIn(
                            Completions.event(
                                    "{\"tool_calls\":[" + piece(INDEX, "c1", "f", "{\"a") + "]}", "\"tool_calls\""),
                            Completions.event(
                                    "{\"tool_calls\":[" + piece(INDEX, "", "", "\":1}") + "]}", "\"tool_calls\""),
                            Completions.event(
                                            "{\"tool_calls\":[" + piece("\"index\":1,", "c2", "g", "{\"b\":2}") + "]}",
                                            "null")
                                    + end))
                    .containsExactly(F, G);
        }
    }

    private static String piece(String index, String id, String name, String arguments) {
        return "{%s\"id\":\"%s\",\"type\":\"function\",\"function\":{\"name\":\"%s\",\"arguments\":\"%s\"}}"
                .formatted(index, id, name, arguments.replace("\"", "\\\""));
    }

    private List<ToolCall> calls(String... pieces) {
        return callsIn(Stream.concat(
                        Stream.of(pieces).map(piece -> Completions.event("{\"tool_calls\":[" + piece + "]}", "null")),
                        Stream.of(Completions.event("{}", "\"tool_calls\""), Completions.done()))
                .toArray(String[]::new));
    }

    private List<ToolCall> callsIn(String... events) {
        return get(client(serve(Answer.events(events))).stream(HELLO)
                .concatMap(chunk -> Flux.fromIterable(chunk.toolCalls()))
                .collectList());
    }
}
