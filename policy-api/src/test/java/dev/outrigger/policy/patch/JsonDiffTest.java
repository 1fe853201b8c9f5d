// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonDiffTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonNode json(String text) throws JsonProcessingException {
        return JSON.readTree(text.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'a':1} | {'a':1} | []",
                "{'a':1} | {'a':1.0} | []",
                "{'a':1} | {} | [{'op':'remove','path':'/a','old':1}]",
                "{} | {'a/b~':1} | [{'op':'add','path':'/a~1b~0','value':1}]",
                "[1,2,3] | [1,3] | [{'op':'remove','path':'/1','old':2}]",
                "[1,3] | [1,2,3] | [{'op':'add','path':'/1','value':2}]",
                "[1,2] | [1,5] | [{'op':'replace','path':'/1','value':5,'old':2}]",
                "1 | {} | [{'op':'replace','path':'','value':{},'old':1}]"
            })
    void saysWhatChanged(String before, String after, String patch) throws JsonProcessingException {
        assertThat(JsonDiff.between(json(before), json(after))).isEqualTo(json(patch));
    }

    @Test
    void aPatchMadeOfTwoValuesTurnsOneIntoTheOther() throws PatchFailure {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
        for (int i = 0; i < 2_000; i++) {
            JsonNode before = value(random, 4);
            JsonNode after = value(random, 4);
            ArrayNode patch = JsonDiff.between(before, after);

            assertThat(JsonPatch.parse(patch).apply(before)).as("%s", patch).isEqualTo(after);
        }
    }

    /** The examples of RFC 7396, appendix A. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'a':'b'} | {'a':'c'} | {'a':'c'}",
                "{'a':'b'} | {'b':'c'} | {'a':'b','b':'c'}",
                "{'a':'b'} | {'a':null} | {}",
                "{'a':['b']} | {'a':'c'} | {'a':'c'}",
                "{'a':{'b':'c'}} | {'a':{'b':'d','c':null}} | {'a':{'b':'d'}}",
                "{'a':[{'b':'c'}]} | {'a':[1]} | {'a':[1]}",
                "['a','b'] | ['c','d'] | ['c','d']",
                "{'a':'b'} | ['c'] | ['c']",
                "{'a':'foo'} | null | null",
                "{'e':null} | {'a':1} | {'e':null,'a':1}",
                "[1,2] | {'a':'b','c':null} | {'a':'b'}",
                "{} | {'a':{'bb':{'ccc':null}}} | {'a':{'bb':{}}}"
            })
    void mergesAsTheRfcSays(String value, String patch, String result)
            throws JsonProcessingException {
        assertThat(MergePatch.apply(json(patch), json(value))).isEqualTo(json(result));
    }

    /** The examples of RFC 6902, appendix A, that are not covered by differences. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'foo':['bar','baz']} | [{'op':'add','path':'/foo/1','value':'qux'}] |"
                        + " {'foo':['bar','qux','baz']}",
                "{'foo':{'bar':'baz','waldo':'fred'},'qux':{'corge':'grault'}} |"
                        + " [{'op':'move','from':'/foo/waldo','path':'/qux/thud'}] |"
                        + " {'foo':{'bar':'baz'},'qux':{'corge':'grault','thud':'fred'}}",
                "{'foo':['all','grass','cows','eat']} |"
                        + " [{'op':'move','from':'/foo/1','path':'/foo/3'}] |"
                        + " {'foo':['all','cows','eat','grass']}",
                "{'foo':'bar'} | [{'op':'add','path':'/baz','value':'qux','xyz':123}] |"
                        + " {'foo':'bar','baz':'qux'}",
                "{'foo':null} | [{'op':'test','path':'/foo','value':null}] | {'foo':null}",
                "{'/':9,'~1':10} | [{'op':'test','path':'/~01','value':10}] | {'/':9,'~1':10}",
                "{'foo':['bar']} | [{'op':'add','path':'/foo/-','value':['abc','def']}] |"
                        + " {'foo':['bar',['abc','def']]}",
                "{'a':1} | [{'op':'copy','from':'/a','path':'/b'}] | {'a':1,'b':1}"
            })
    void patchesAsTheRfcSays(String value, String patch, String result)
            throws JsonProcessingException, PatchFailure {
        assertThat(JsonPatch.parse(json(patch)).apply(json(value))).isEqualTo(json(result));
    }

    @Test
    void boundsCopiesOfCopies() throws JsonProcessingException, PatchFailure {
        var patch = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < 40; i++) {
            patch.addObject().put("op", "copy").put("from", "").put("path", "/x" + i);
        }
        var bomb = JsonPatch.parse(patch);
        JsonNode value = json("{'a':1}");

        assertThatThrownBy(() -> bomb.apply(value))
                .isInstanceOf(PatchFailure.class)
                .hasMessageContaining("copies too much");
    }

    private static JsonNode value(RandomGenerator random, int depth) {
        var nodes = JsonNodeFactory.instance;
        return switch (random.nextInt(depth == 0 ? 3 : 5)) {
            case 0 -> nodes.numberNode(random.nextInt(3));
            case 1 -> nodes.textNode("t" + random.nextInt(3));
            case 2 -> nodes.booleanNode(random.nextBoolean());
            case 3 -> {
                var array = nodes.arrayNode();
                for (int i = random.nextInt(5); i > 0; i--) {
                    array.add(value(random, depth - 1));
                }
                yield array;
            }
            default -> {
                var object = nodes.objectNode();
                for (int i = random.nextInt(5); i > 0; i--) {
                    object.set("k/" + random.nextInt(4), value(random, depth - 1));
                }
                yield object;
            }
        };
    }
}
