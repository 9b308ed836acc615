import type { ComponentChildren } from 'preact';
import { text } from './messages.js';

/** A form that only this browser can send (form-token.ts). */
export const Form = ({ action, token, children }: Readonly<{ action: string; token: string; children: ComponentChildren }>) => (
  <form method="post" action={action} novalidate>
    <input type="hidden" name="form_token" value={token} />
    {children}
  </form>
);

type FieldProps = Readonly<{
  name: string;
  label: string;
  type?: 'text' | 'email' | 'password';
  /** HTML autofill token, for password managers. */
  autocomplete: string;
  value?: string;
  hint?: string;
  error?: string;
  readonly?: boolean;
  inputmode?: 'numeric';
}>;

/** A labelled field; what is wrong and the way out stand beside it, and assistive technology reads them with it. */
export const Field = ({ name, label, type = 'text', autocomplete, value = '', hint, error, readonly = false, inputmode }: FieldProps) => {
  const described = [...(error ? [`${name}-error`] : []), ...(hint ? [`${name}-hint`] : [])].join(' ');
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        type={type as 'text'}
        autocomplete={autocomplete as 'on'}
        value={(type as string) === 'password' ? '' : value}
        readOnly={readonly}
        required
        {...(inputmode ? { inputMode: inputmode } : {})}
        {...(described ? { 'aria-describedby': described } : {})}
        {...(error ? { 'aria-invalid': 'true' } : {})}
        {...((type as string) === 'text' ? { spellcheck: false } : {})}
      />
      {error ? (
        <p class="error" id={`${name}-error`}>
          <span class="for-readers">{text('error.prefix')} </span>
          {error}
        </p>
      ) : null}
      {hint ? (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      ) : null}
    </div>
  );
};

type ButtonProps = Readonly<{ name?: string; value?: string; kind?: 'main' | 'quiet'; label?: string; children: ComponentChildren }>;

/** Sends the form. `quiet` for what is not the one thing to do; `label` where the words alone do not say what about. */
export const Button = ({ name, value, kind = 'main', label, children }: ButtonProps) => (
  <button type="submit" class={kind} {...(name ? { name } : {})} {...(value ? { value } : {})} {...(label ? { 'aria-label': label } : {})}>
    {children}
  </button>
);
