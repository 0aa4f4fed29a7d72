package io.afnio4j.model.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import io.afnio4j.model.script.ScriptedChatModel;
import java.net.URI;
import java.net.URL;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a schema allows can be read, and what can be read is allowed. */
class RecordSchemaTest {

    enum Colour {
        RED,
        BLUE
    }

    record Box<T>(T inside) {}

    record Holes(
            Map<String, Optional<Integer>> numbers,
            List<Optional<String>> words,
            List<OptionalInt> counts,
            Map<String, List<Optional<Colour>>> colours,
            Box<Optional<String>> box,
            List<Optional<Box<Long>>> boxes) {}

    record Outer(Optional<List<String>> words, Optional<Map<String, Integer>> numbers) {}

    record Tree(
            Colour colour, List<Tree> branches, @Nullable Tree graft) {}

    record Chain(String name, Optional<Chain> next, Optional<Byte> small) {}

    record Forest(List<Tree> trees, Map<String, Forest> parts) {}

    record Whole(Box<String> word, Box<Integer> number, List<List<Box<Integer>>> table, Colour first, Colour second) {}

    @Test
    void optionalElementsAndValuesMayBeNull() {
        Holes holes = both(Holes.class, """
                {"numbers":{"a":null,"b":1},"words":[null,"w"],"counts":[null,2],"colours":{"c":[null,"RED"]},
                "box":{"inside":null},"boxes":[null,{"inside":9}]}""");

        assertThat(holes)
                .isEqualTo(new Holes(
                        Map.of("a", Optional.empty(), "b", Optional.of(1)),
                        List.of(Optional.empty(), Optional.of("w")),
                        List.of(OptionalInt.empty(), OptionalInt.of(2)),
                        Map.of("c", List.of(Optional.empty(), Optional.of(Colour.RED))),
                        new Box<>(Optional.empty()),
                        List.of(Optional.empty(), Optional.of(new Box<>(9L)))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"numbers\":{\"a\":\"x\"},\"words\":[]",
                "\"numbers\":{\"a\":[1]},\"words\":[]",
                "\"numbers\":{},\"words\":[{}]",
                "\"numbers\":null,\"words\":[]",
            })
    void optionalElementsAndValuesAreOfTheirType(String wrong) {
        JsonNode json = JsonMapper.shared()
                .readTree("{" + wrong + ",\"counts\":[],\"colours\":{},\"box\":{\"inside\":null},\"boxes\":[]}");

        assertThat(schema(Holes.class).validate(json)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"words\":[null],\"numbers\":null}", "{\"words\":null,\"numbers\":{\"a\":null}}"})
    void whatIsInAnOptionalCollectionMayNotBeNull(String json) {
        assertThat(schema(Outer.class).validate(JsonMapper.shared().readTree(json)))
                .isNotEmpty();
        assertThatThrownBy(() -> read(Outer.class, json)).hasMessageContaining("doesn't fit");
    }

    @Test
    void aRecordWithinItselfIsADefinitionWithAName() {
        String twig = "{\"colour\":\"RED\",\"branches\":[],\"graft\":null}";
        String tree = "{\"colour\":\"BLUE\",\"branches\":[" + twig + "],\"graft\":" + twig + "}";

        assertThat(both(Tree.class, tree).branches()).containsExactly(new Tree(Colour.RED, List.of(), null));
        assertThat(both(Forest.class, "{\"trees\":[" + tree + "],\"parts\":{\"p\":{\"trees\":[],\"parts\":{}}}}")
                        .parts())
                .containsExactly(Map.entry("p", new Forest(List.of(), Map.of())));
        assertThat(schema(Tree.class)
                        .validate(JsonMapper.shared().readTree(tree.replace("\"graft\":null", "\"graft\":7"))))
                .isNotEmpty();
    }

    @Test
    void aRecordMayHoldItselfOptionally() {
        assertThat(both(
                        Chain.class,
                        "{\"name\":\"a\",\"next\":{\"name\":\"b\",\"next\":null,\"small\":7},\"small\":null}"))
                .isEqualTo(new Chain(
                        "a", Optional.of(new Chain("b", Optional.empty(), Optional.of((byte) 7))), Optional.empty()));
    }

    /**
     * Strict mode wants an object at the root and llama.cpp a way to each definition; names go into both as they are.
     */
    @ParameterizedTest
    @ValueSource(classes = {Tree.class, Chain.class, Forest.class, Whole.class, Holes.class})
    void referencesLeadToDefinitionsWithPlainNames(Class<?> type) {
        JsonNode root = json(type);

        assertThat(root.path("type").stringValue()).isEqualTo("object");
        assertThat(root.findValues("$ref"))
                .allSatisfy(reference -> assertThat(reference.stringValue()).matches("#/\\$defs/[A-Za-z0-9._-]+"))
                .allSatisfy(reference -> assertThat(
                                root.at(reference.stringValue().substring(1)).isObject())
                        .isTrue());
    }

    @Test
    void genericsListsAndEnumsKeepTheirTypes() {
        Whole whole = both(Whole.class, """
                {"word":{"inside":"w"},"number":{"inside":1},"table":[[{"inside":2}],[]],"first":"RED","second":"BLUE"}""");

        assertThat(whole)
                .isEqualTo(new Whole(
                        new Box<>("w"),
                        new Box<>(1),
                        List.of(List.of(new Box<>(2)), List.of()),
                        Colour.RED,
                        Colour.BLUE));
        assertThat(schema(Whole.class).validate(JsonMapper.shared().readTree("""
                {"word":{"inside":1},"number":{"inside":"w"},"table":[[{"inside":"w"}]],"first":"GREEN","second":"BLUE"}""")))
                .hasSize(4);
    }

    record Pair(
            @JsonPropertyDescription("the one") Box<String> one,
            @JsonPropertyDescription("the other") Box<String> other,
            @JsonPropertyDescription("some more") List<Box<String>> more,
            Colour first,
            @JsonPropertyDescription("the last") @Nullable Colour last) {}

    @Test
    void aReferenceHasNothingBesideIt() {
        JsonNode root = json(Pair.class);

        assertThat(root.findParents("$ref"))
                .hasSize(5)
                .allSatisfy(parent -> assertThat(parent).hasSize(1));
        assertThat(root.at("/properties/one"))
                .hasToString("{\"description\":\"the one\",\"anyOf\":[{\"$ref\":\"#/$defs/Box_String_\"}]}");
        assertThat(root.at("/properties/more/description").stringValue()).isEqualTo("some more");
        assertThat(both(Pair.class, """
                {"one":{"inside":"a"},"other":{"inside":"b"},"more":[{"inside":"c"}],"first":"RED","last":null}"""))
                .isEqualTo(new Pair(new Box<>("a"), new Box<>("b"), List.of(new Box<>("c")), Colour.RED, null));
    }

    record Place(URI site, URL page, Locale language, Currency money, Nothing nothing) {}

    record Nothing() {}

    @Test
    void whatJacksonReadsFromATextIsOneWithoutAFormatThatProvidersDoNotKnow() {
        Place place = both(Place.class, """
                {"site":"urn:a","page":"http://127.0.0.1/b","language":"pt-BR","money":"CHF","nothing":{}}""");

        assertThat(List.of(place.site, place.page, place.language, place.money, place.nothing))
                .hasToString("[urn:a, http://127.0.0.1/b, pt_BR, CHF, Nothing[]]");
        assertThat(json(Place.class).findValues("format")).isEmpty();
        assertThat(json(Place.class).at("/properties/nothing"))
                .hasToString("{\"type\":\"object\",\"properties\":{},\"required\":[],\"additionalProperties\":false}");
    }

    /** Reads what the schema allows. */
    private static <T> T both(Class<T> type, String answer) {
        assertThat(schema(type).validate(JsonMapper.shared().readTree(answer))).isEmpty();
        return read(type, answer);
    }

    private static <T> T read(Class<T> type, String answer) {
        return Structured.of(ScriptedChatModel.answering(), type)
                .read(new ChatResponse(answer, FinishReason.STOP, Usage.NONE, "m"));
    }

    private static Schema schema(Class<?> type) {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(json(type));
    }

    private static JsonNode json(Class<?> type) {
        return JsonMapper.shared()
                .valueToTree(Structured.of(ScriptedChatModel.answering(), type)
                        .format()
                        .json())
                .path("json_schema")
                .path("schema");
    }
}
