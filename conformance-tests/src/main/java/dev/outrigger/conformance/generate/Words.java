// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import java.util.List;

/**
 * The words of which configurations and requests are made. There are few of each, so that what is
 * asked often meets what is configured.
 */
final class Words {
    private Words() {}

    static final List<String> DOMAINS =
            List.of(
                    "a.test",
                    "b.test",
                    "*.test",
                    "*.a.test",
                    "a.*",
                    "*-b.test",
                    "a.test:8080",
                    "*.test:8080",
                    "C.test",
                    "a.test.",
                    "localhost");

    static final List<String> HOSTS =
            List.of(
                    "a.test",
                    "a.test",
                    "a.test",
                    "b.test",
                    "x.a.test",
                    "x.y.a.test",
                    "x-b.test",
                    "a.test:8080",
                    "A.Test",
                    "a.test.",
                    "c.test",
                    "a.other",
                    "other",
                    "localhost",
                    "127.0.0.1:80",
                    "[::1]:80",
                    ".test",
                    "a.test:",
                    "a.test:x",
                    "");

    static final List<String> PREFIXES = List.of("/", "/", "/a", "/a/", "/a/b", "/x", "/A", "/a.b");

    static final List<String> PATHS =
            List.of(
                    "/",
                    "/a",
                    "/a",
                    "/a/",
                    "/a/b",
                    "/a/b/c",
                    "/ab",
                    "/A",
                    "/A/B",
                    "/x",
                    "/x/1",
                    "/a.b",
                    "/axb",
                    "/x/longer/path/with/many/parts");

    /** Forms of a path that normalisation is about. */
    static final List<String> ODD_PATHS =
            List.of(
                    "/a/../x",
                    "/a/./b",
                    "/../a",
                    "/a/..",
                    "/a/.",
                    "//a//b",
                    "///",
                    "/a//",
                    "/a%2Fb",
                    "/a%2fb",
                    "/a%5Cb",
                    "/a\\b",
                    "/a%2e%2e/x",
                    "/%61",
                    "/a%zz",
                    "/a%",
                    "/a%00b",
                    "/a;p=1/b",
                    "/a/..;/x",
                    "/a#frag",
                    "/a%23frag",
                    "/a%3Fq",
                    "/a?q=1?r",
                    "/a|b",
                    "/a\"b",
                    "/a{b}",
                    "/a~b",
                    "/%7Ea",
                    "/a+b",
                    "/a%20b",
                    "/a/%2e/b",
                    "/%2F%2Fa",
                    "/.%2e/a");

    static final List<String> QUERIES =
            List.of("", "", "", "", "?", "?k=1", "?k=", "?k", "?k=2&k=1", "?l=1&k=a%20b", "?K=1");

    static final List<String> HEADERS = List.of("x-a", "x-b", "x-c");

    static final List<String> VALUES = List.of("1", "2", "10", "abc", "ABC", "a,b", "-5", "");

    static final List<Integer> STATUSES =
            List.of(
                    200, 200, 200, 200, 200, 201, 202, 204, 301, 302, 304, 400, 401, 403, 404, 408,
                    409, 418, 429, 500, 501, 502, 503, 504, 599);
}
