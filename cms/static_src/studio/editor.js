// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// CodeMirror over a textarea: the textarea keeps the text, so that the form is sent, saved and kept as without this file.
// Its own style sheet carries the page's nonce: the policy of the site knows no inline style.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import {
  crosshairCursor,
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

import { FRENCH } from "./phrases.js";
import { completions } from "./words.js";

const EDGE = 32; // px between the cursor's line and the window's edge

export class Editor {
  // `changed()` after each change by hand; `run()` on Ctrl+Enter; `parameters()` → names for completion.
  constructor(textarea, { nonce, changed, run, parameters, describedBy }) {
    this.textarea = textarea;
    this.isFilling = false;
    const box = document.createElement("div");
    box.className = "s-editor";
    textarea.before(box);
    this.view = new EditorView({
      parent: box,
      state: EditorState.create({
        doc: textarea.value,
        extensions: [
          EditorView.cspNonce.of(nonce),
          EditorState.phrases.of(FRENCH),
          // First of all keys: the page runs the model, CodeMirror would insert a line.
          keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }]),
          lineNumbers(),
          lintGutter(),
          foldGutter(),
          highlightActiveLineGutter(),
          highlightActiveLine(),
          highlightSpecialChars(),
          highlightSelectionMatches(),
          history(),
          drawSelection(),
          dropCursor(),
          rectangularSelection(),
          crosshairCursor(),
          EditorState.allowMultipleSelections.of(true),
          EditorState.readOnly.of(textarea.readOnly),
          indentUnit.of("    "),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          python(),
          syntaxHighlighting(classHighlighter),
          autocompletion({ override: [completions(parameters)], icons: false }),
          search({ top: true }),
          EditorView.contentAttributes.of({ "aria-label": textarea.dataset.name, "aria-describedby": describedBy, tabindex: "0" }),
          keymap.of([
            ...closeBracketsKeymap,
            ...defaultKeymap,
            ...searchKeymap,
            ...historyKeymap,
            ...foldKeymap,
            ...completionKeymap,
            ...lintKeymap,
            indentWithTab, // Escape, then Tab, leaves: said below the editor
          ]),
          EditorView.updateListener.of((update) => {
            if (update.selectionSet && update.view.hasFocus) this.inSight();
            if (!update.docChanged) return;
            textarea.value = update.state.doc.toString();
            if (!this.isFilling) changed();
          }),
        ],
      }),
    });
    textarea.classList.add("t-hidden");
  }

  // Another text, without a word to anybody: what the form was filled with.
  fill(text) {
    if (text === this.view.state.doc.toString()) return;
    this.isFilling = true;
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
    this.isFilling = false;
  }

  name(words) {
    this.view.contentDOM.setAttribute("aria-label", words);
  }

  // `problems`: [{ line, column, text, severity }], line and column from 1; a line that is not there is the nearest.
  mark(problems) {
    const { doc } = this.view.state;
    const marks = problems.map(({ line, column, text, severity }) => {
      const at = doc.line(Math.min(Math.max(line || 1, 1), doc.lines));
      const from = Math.min(at.from + Math.max((column || 1) - 1, 0), at.to);
      // A point is no mark that anybody sees: to the end of the line.
      return { from: from === at.to ? at.from : from, to: at.to, severity, message: text };
    });
    this.view.dispatch(setDiagnostics(this.view.state, marks));
  }

  goTo(line, column) {
    const { doc } = this.view.state;
    const at = doc.line(Math.min(Math.max(line || 1, 1), doc.lines));
    const position = Math.min(at.from + Math.max((column || 1) - 1, 0), at.to);
    this.view.dispatch({ selection: { anchor: position }, effects: EditorView.scrollIntoView(position, { y: "center" }) });
    this.view.focus();
    this.inSight();
  }

  // CodeMirror scrolls itself; the page around it, which it leaves alone where a column is sticky, goes along.
  inSight() {
    requestAnimationFrame(() => {
      const at = this.view.coordsAtPos(this.view.state.selection.main.head);
      if (!at) return;
      if (at.bottom > innerHeight - EDGE) scrollBy(0, at.bottom - innerHeight + EDGE);
      else if (at.top < EDGE) scrollBy(0, at.top - EDGE);
    });
  }

  destroy() {
    this.view.dom.parentElement.remove();
    this.view.destroy();
  }
}
