// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import dev.outrigger.dataplane.admin.AdminRoute.Parameter;
import dev.outrigger.dataplane.telemetry.ChunkedText;
import java.util.List;

/** The pages for people: {@code /} and what {@code /stats?format=html} wraps its text in. */
final class AdminHome {
    private static final String HEAD =
            """
            <!DOCTYPE html>
            <html lang='en'>
            <head>
              <meta charset='utf-8'>
              <title>Envoy Admin</title>
              <style>
                body { font-family: sans-serif; }
                table { border-collapse: collapse; }
                td, th { text-align: left; padding: 3px 6px; vertical-align: top; }
                tr.gray { background-color: #ddd; }
                td.option { text-align: right; }
                .button-as-link { background: none; border: none; color: #00e; padding: 0;
                  text-decoration: underline; cursor: pointer; font: inherit; }
              </style>
            </head>
            <body>
            """;

    private AdminHome() {}

    /** The paths with a form each. */
    static String page(List<AdminRoute> routes) {
        var out = new StringBuilder(HEAD);
        out.append("<table class='home-table'>\n<thead><tr><th>Command</th><th>Description</th>");
        out.append("</tr></thead>\n<tbody>\n");
        boolean gray = false;
        for (AdminRoute route : routes) {
            if (!route.path().equals("/")) {
                route(out, route, gray);
                gray = !gray;
            }
        }
        return out.append("</tbody>\n</table>\n</body>\n</html>\n").toString();
    }

    private static void route(StringBuilder out, AdminRoute route, boolean gray) {
        String name = route.path().substring(1);
        row(out, gray).append("<td>");
        if (!route.mutates() && route.parameters().isEmpty()) {
            out.append("<a href='").append(name).append("'>").append(name).append("</a>");
        } else {
            out.append("<form action='").append(name).append("' method='");
            out.append(route.mutates() ? "post" : "get").append("' id='").append(id(name));
            out.append(route.mutates() ? "'><button>" : "'><button class='button-as-link'>");
            out.append(name).append("</button></form>");
        }
        out.append("</td><td>").append(escape(route.about())).append("</td></tr>\n");
        for (Parameter parameter : route.parameters()) {
            parameter(row(out, gray), id(name), parameter, "", "");
        }
    }

    private static StringBuilder row(StringBuilder out, boolean gray) {
        return out.append(gray ? "<tr class='gray'>" : "<tr>");
    }

    private static void parameter(
            StringBuilder out, String form, Parameter parameter, String value, String attributes) {
        String id = "param-" + form + "-" + parameter.name();
        String common =
                " name='%s' id='%s' form='%s'%s".formatted(parameter.name(), id, form, attributes);
        out.append("<td class='option'>");
        switch (parameter.form()) {
            case FLAG ->
                    out.append("<input type='checkbox'")
                            .append(common)
                            .append(value.isEmpty() ? ">" : " checked>");
            case TEXT ->
                    out.append("<input type='text'")
                            .append(common)
                            .append(" value='")
                            .append(escape(value))
                            .append("'>");
            case CHOICE -> {
                out.append("<select").append(common).append('>');
                for (String choice : parameter.choices()) {
                    out.append(choice.equals(value) ? "<option selected>" : "<option>");
                    out.append(choice).append("</option>");
                }
                out.append("</select>");
            }
        }
        out.append("</td><td><label for='").append(id).append("'>");
        out.append(escape(parameter.about())).append("</label></td></tr>\n");
    }

    /**
     * Stats with the parameters they were asked for, each of which asks again when changed.
     *
     * @param reloadSeconds after which the page asks again by itself; 0 for never
     */
    static ChunkedText stats(
            Query query, List<Parameter> parameters, ChunkedText text, int reloadSeconds) {
        var head = new StringBuilder(HEAD);
        head.append("<form action='stats' method='get' id='stats'></form>\n<table>\n<tbody>\n");
        for (Parameter parameter : parameters) {
            boolean set = query.has(parameter.name());
            String value = query.find(parameter.name()).orElse(set ? "on" : "");
            parameter(row(head, true), "stats", parameter, value, " onchange='this.form.submit()'");
        }
        head.append("</tbody>\n</table>\n<pre id='stats-text'>\n");
        String reload =
                reloadSeconds == 0
                        ? ""
                        : "<script>setTimeout(() => location.reload(), %d);</script>\n"
                                .formatted(reloadSeconds * 1000);
        var part = new StringBuilder();
        return out -> {
            out.append(head);
            head.setLength(0);
            part.setLength(0);
            boolean more = text.appendTo(part);
            out.append(escape(part.toString()));
            if (!more) {
                out.append("</pre>\n").append(reload).append("</body>\n</html>\n");
            }
            return more;
        };
    }

    private static String id(String path) {
        return path.replace('/', '-');
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;");
    }
}
