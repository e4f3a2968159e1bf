import { fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { Problem } from "@/api/problem";
import { RadioTiles } from "./Choice";
import { ErrorPanel } from "./ErrorPanel";
import { Field } from "./Field";
import { Input } from "./Input";
import { Menu } from "./Menu";

test("a field's label, hint and error belong to its control", () => {
  render(
    <Field label="제목" hint="짧게" error="꼭 입력해 주세요">
      <Input />
    </Field>,
  );
  const input = screen.getByLabelText("제목");
  expect(input.getAttribute("aria-invalid")).toBe("true");
  const described = input.getAttribute("aria-describedby")?.split(" ") ?? [];
  expect(described.map((id) => document.getElementById(id)?.textContent)).toEqual(["짧게", "꼭 입력해 주세요"]);
});

function Tiles() {
  const [value, setValue] = useState<"a" | "b">("a");
  return (
    <RadioTiles
      label="카메라"
      value={value}
      onChange={setValue}
      options={[
        { value: "a", label: "고정" },
        { value: "b", label: "팬" },
      ]}
    />
  );
}

test("tiles are radio buttons of one group", () => {
  render(<Tiles />);
  const [first, second] = screen.getAllByRole<HTMLInputElement>("radio");
  expect(first?.name).toBe(second?.name);
  fireEvent.click(screen.getByText("팬"));
  expect([first?.checked, second?.checked]).toEqual([false, true]);
});

test("a menu opens with the first click, though its code is fetched only then", async () => {
  const run = vi.fn();
  render(<Menu trigger={<button type="button">더 보기</button>} items={[{ label: "이름 바꾸기", onSelect: run }]} />);
  const trigger = screen.getByText("더 보기");
  expect(trigger.getAttribute("aria-haspopup")).toBe("menu");
  fireEvent.click(trigger);
  fireEvent.click(await screen.findByRole("menuitem"));
  expect(run).toHaveBeenCalledTimes(1);
});

test("a refusal is told in the language in use, by its code, with what to do", () => {
  const problem = new Problem({
    code: "too_large",
    status: 413,
    detail: "the file has more than 50 MiB",
    hint: "choose",
    request_id: "6f1c2f9e-4a6b",
  });
  const { rerender } = render(<ErrorPanel error={problem} onRetry={() => undefined} />);
  expect(screen.getByRole("alert").textContent).toContain("파일이 너무 커요");
  expect(screen.getByText("요청 번호 6f1c2f9e")).toBeTruthy();
  document.documentElement.lang = "en";
  rerender(
    <ErrorPanel
      error={new Problem({ code: "never_heard_of", status: 409, detail: "the server's own words", hint: "and hint" })}
    />,
  );
  document.documentElement.lang = "ko";
  expect(screen.getByRole("alert").textContent).toContain("the server's own wordsand hint");
});
