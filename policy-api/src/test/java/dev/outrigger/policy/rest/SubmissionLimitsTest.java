// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static dev.outrigger.policy.rest.PolicyApiServerTest.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.document.DocumentLimits;
import dev.outrigger.policy.rest.RunningApi.Answer;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How large a submission may be: what just fits is read, what does not is refused by name. */
class SubmissionLimitsTest {
    private static final DocumentLimits LIMITS = DocumentLimits.DEFAULT;

    @TempDir Path directory;
    private RunningApi api;

    @BeforeEach
    void start() {
        api = new RunningApi(directory);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private Answer apply(String format, String body) {
        return api.post("/api/v1/apply", "application/" + format, body);
    }

    /** What is refused for its size; nothing for another reason. */
    private static void assertBeyond(Answer answer, String detail) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().path("type").asText()).isEqualTo("urn:outrigger:problem:OUT-1002");
        assertThat(answer.json().path("errors")).hasSize(1);
        assertThat(answer.json().at("/errors/0/detail").asText()).isEqualTo(detail);
    }

    private static void assertWithin(Answer answer) {
        assertThat(answer.body()).doesNotContain("OUT-1002");
        assertThat(answer.status()).as(answer.body()).isIn(200, 422);
    }

    private static String documents(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> service("s" + i))
                .collect(Collectors.joining("---\n"));
    }

    @Test
    void takesAThousandDocumentsAtOnce() {
        Answer answer = apply("yaml", documents(LIMITS.maxDocuments()));

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(api.store.documents().size()).isEqualTo(LIMITS.maxDocuments());
    }

    @Test
    void refusesOneDocumentMore() {
        Answer answer = apply("yaml", documents(LIMITS.maxDocuments() + 1));

        assertBeyond(answer, "Has more than 1000 documents.");
        assertThat(answer.json().at("/errors/0/document").asInt()).isEqualTo(1_001);
        // Seven lines for each of those before it, and one that separates them.
        assertThat(answer.json().at("/errors/0/line").asInt()).isGreaterThan(6_000);
        assertThat(api.store.documents().size()).isZero();
    }

    @Test
    void refusesOneDocumentMoreOfAnArray() {
        String body = "[" + "{},".repeat(LIMITS.maxDocuments()) + "{}]";

        Answer answer = apply("json", body);

        // What those before it lack is said as well.
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("errors"))
                .anyMatch(error ->
                        error.path("code").asText().equals("OUT-1002")
                                && error.path("document").asInt() == 1_001
                                && error.path("detail")
                                        .asText()
                                        .equals("Has more than 1000 documents."));
    }

    @ParameterizedTest
    @CsvSource({"yaml, [, ]", "json, [, ]", "json, '{\"a\":', '}'", "yaml, '{a: ', '}'"})
    void boundsHowDeepADocumentIs(String format, String open, String close) {
        int within = LIMITS.maxDepth() - 2;
        String fits = "{\"a\":" + open.repeat(within) + "1" + close.repeat(within) + "}";
        String deep = "{\"a\":" + open.repeat(70) + "1" + close.repeat(70) + "}";
        if (format.equals("yaml")) {
            fits = fits.replace("\"a\":", "a: ");
            deep = deep.replace("\"a\":", "a: ");
        }

        assertWithin(apply(format, fits));
        Answer refused = apply(format, deep);
        assertBeyond(refused, "Is nested more than 64 levels deep.");
        assertThat(refused.json().at("/errors/0/document").asInt()).isEqualTo(1);
        assertThat(refused.json().at("/errors/0/line").asInt()).isEqualTo(1);
        assertThat(refused.json().at("/errors/0/column").asInt()).isGreaterThan(64);
        assertThat(refused.json().at("/errors/0/pointer").asText()).startsWith("#/a/");
    }

    @ParameterizedTest
    @CsvSource({"yaml", "json"})
    void boundsHowManyValuesThereAre(String format) {
        String head = format.equals("yaml") ? "a: [" : "{\"a\":[";
        String tail = format.equals("yaml") ? "1]" : "1]}";
        // The document and the list are values as well.
        String fits = head + "1,".repeat(LIMITS.maxValues() - 3) + tail;
        String many = head + "1,".repeat(LIMITS.maxValues()) + tail;

        assertWithin(apply(format, fits));
        Answer refused = apply(format, many);
        assertBeyond(refused, "Has more than 200000 values.");
        assertThat(refused.json().at("/errors/0/pointer").asText()).startsWith("#/a/199");
    }

    @Test
    void boundsHowLongATextIs() {
        String text = "x".repeat(LIMITS.maxScalarChars());

        assertWithin(apply("yaml", "a: " + text));
        Answer refused = apply("yaml", "a: " + text + "x");
        assertBeyond(refused, "Is longer than 262144 characters.");
        assertThat(refused.json().at("/errors/0/pointer").asText()).isEqualTo("#/a");
    }
}
