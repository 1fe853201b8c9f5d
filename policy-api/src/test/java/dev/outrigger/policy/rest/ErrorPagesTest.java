// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static dev.outrigger.policy.rest.PolicyApiServerTest.retry;
import static dev.outrigger.policy.rest.PolicyApiServerTest.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.check.CodesOfWarnings;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.rest.RunningApi.Answer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every code is explained, and every answer says where. */
class ErrorPagesTest {
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

    @Test
    void explainsEveryCodeAndNoOther() {
        var codes =
                Stream.concat(
                                Arrays.stream(ViolationCode.values()).map(ViolationCode::code),
                                CodesOfWarnings.all().stream())
                        .sorted()
                        .toList();
        var pages = ErrorPages.load();

        assertThat(pages.codes()).isEqualTo(codes).doesNotHaveDuplicates();
        assertThat(codes)
                .allSatisfy(code ->
                        assertThat(pages.find(code).orElseThrow().lines().toList())
                                .hasSizeGreaterThan(2)
                                .first()
                                .asString()
                                .matches("## " + code + " \\S.*"));
    }

    @Test
    void aViolationSaysWhereItIsExplained() {
        Answer refused = api.apply(service("b").replace("spec:", "specs:"));

        var errors = refused.json().path("errors");
        assertThat(errors).isNotEmpty();
        for (var error : errors) {
            Answer page = api.get(error.path("docs").asText());
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.header("Content-Type")).isEqualTo("text/markdown");
            assertThat(page.body()).startsWith("## " + error.path("code").asText());
        }
    }

    @Test
    void aWarningSaysWhereItIsExplained() {
        Answer stored =
                api.apply(
                        service("b")
                                + "---\n"
                                + retry("p", "b").replace("codes:", "methods: [\"*\"], codes:"));

        assertThat(api.get(stored.json().at("/warnings/0/docs").asText()).body())
                .startsWith("## OUT-W103 ");
    }

    @Test
    void servesAllOfThemAndNothingElse() {
        assertThat(api.get("/errors").body()).startsWith("# Codes").contains("## OUT-2003");
        assertThat(api.get("/errors/OUT-9999").status()).isEqualTo(404);
    }
}
