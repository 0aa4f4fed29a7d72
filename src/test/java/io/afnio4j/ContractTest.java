package io.afnio4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.testing.Contract;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** {@code docs/contract.md} has a row for every name of the reference, and a test for every row. */
class ContractTest {

    private static final Path TESTS = Path.of("src/test/java");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\|(.*)\\|(.*)\\|$");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /** The names of the reference's page. A name that has rules has further rows: the name, a colon, the rule. */
    private static final Set<String> REFERENCE = Set.of(
            "MultiTurnMessages",
            "Variable",
            "Variable.__init__",
            "Variable.data",
            "Variable.role",
            "Variable.requires_grad",
            "Variable.grad",
            "Variable.is_leaf",
            "Variable.backward",
            "Variable.requires_grad_",
            "Variable.append_grad",
            "Variable.retain_grad",
            "Variable.detach",
            "Variable.copy_",
            "Variable.is_floating_point",
            "Variable.to",
            "GradientEdge",
            "GradientEdge.node",
            "GradientEdge.output_nr",
            "Node",
            "Node.next_functions",
            "Node.name",
            "get_backward_model_client",
            "set_backward_model_client",
            "is_grad_enabled",
            "no_grad",
            "set_grad_enabled",
            "load",
            "save");

    @Test
    void everyNameOfTheReferenceHasARow() throws IOException {
        assertThat(rows().keySet()).containsAll(REFERENCE);
    }

    @Test
    void everyRowNamesTheTestsThatProveItAndNoOthers() throws Exception {
        Map<String, Set<String>> proved = provedByTests();

        assertThat(rows())
                .hasSizeGreaterThan(REFERENCE.size())
                .allSatisfy((name, tests) -> assertThat(tests).as(name).isNotEmpty());
        assertThat(rows().keySet()).containsExactlyInAnyOrderElementsOf(proved.keySet());
        assertThat(rows())
                .allSatisfy((name, tests) -> assertThat(tests)
                        .as("tests of the row %s, and tests that carry its name", name)
                        .isEqualTo(proved.get(name)));
    }

    private static Map<String, Set<String>> rows() throws IOException {
        Map<String, Set<String>> rows = new LinkedHashMap<>();
        List<MatchResult> found = ROW.matcher(Files.readString(Path.of("docs/contract.md")))
                .results()
                .toList();
        for (MatchResult row : found) {
            Set<String> tests = CODE.matcher(row.group(3))
                    .results()
                    .map(code -> code.group(1))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(rows.put(row.group(1), tests))
                    .as("a second row %s", row.group(1))
                    .isNull();
        }
        return rows;
    }

    private static Map<String, Set<String>> provedByTests() throws Exception {
        Map<String, Set<String>> proved = new TreeMap<>();
        for (Class<?> test : testsThatMention("@Contract(")) {
            for (Method method : test.getDeclaredMethods()) {
                Contract contract = method.getAnnotation(Contract.class);
                if (contract != null) {
                    assertThat(AnnotationSupport.isAnnotated(method, Testable.class))
                            .as("a test: %s", method)
                            .isTrue();
                    for (String row : contract.value()) {
                        proved.computeIfAbsent(row, unused -> new TreeSet<>()).add(name(method));
                    }
                }
            }
        }
        return proved;
    }

    private static List<Class<?>> testsThatMention(String text) throws Exception {
        List<Path> sources;
        try (Stream<Path> files = Files.walk(TESTS)) {
            sources =
                    files.filter(file -> file.toString().endsWith("Test.java")).toList();
        }
        List<Class<?>> found = new ArrayList<>();
        for (Path source : sources) {
            if (Files.readString(source).contains(text)) {
                String path = TESTS.relativize(source).toString();
                Class<?> test = Class.forName(path.replaceFirst("\\.java$", "").replaceAll("[/\\\\]", "."));
                found.add(test);
                found.addAll(List.of(test.getDeclaredClasses()));
            }
        }
        return found;
    }

    /** {@code VariableTest.IsLeaf.whereAUserMadeIt…}, without the package. */
    private static String name(Method test) {
        String type = test.getDeclaringClass().getName();
        return type.substring(type.lastIndexOf('.') + 1).replace('$', '.') + "." + test.getName();
    }
}
